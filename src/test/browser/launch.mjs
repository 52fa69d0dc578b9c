// SPDX-License-Identifier: Apache-2.0
// Launch a SMART app in headless Chromium against a running server, as its users would, and print what the app got.
//   node launch.mjs '{"origin": "http://localhost:8080", "passwords": {...}, "ehrSecret": "..."}'
// The app is a page around fhirclient, the SMART JS client; this file only clicks.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const setup = JSON.parse(process.argv[2]);
const iss = `${setup.origin}/fhir`;
const library = new URL('node_modules/fhirclient/build/fhir-client.pure.js', import.meta.url);
const page = (script) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title>
<script src="/fhir-client.js"></script><p id="state">working</p><script>${script}</script></html>`;

const launchPage = (redirectUri) => page(`
  const asked = new URLSearchParams(location.search);
  const options = { clientId: 'sandbox-app', scope: asked.get('scope'), redirectUri: ${JSON.stringify(redirectUri)},
    pkceMode: 'required' };
  // With a launch in the URL, fhirclient takes both from there: that is the EHR launch.
  if (!asked.has('launch')) options.iss = ${JSON.stringify(iss)};
  FHIR.oauth2.authorize(options);`);

const callbackPage = page(`
  const name = (resource) => resource.name[0].family;
  const status = (client, url) => client.request(url).then(() => 200, (error) => error.status ?? error.statusCode ?? String(error));
  FHIR.oauth2.ready().then(async (client) => {
    const before = client.state.tokenResponse;
    const found = {
      patient: name(await client.patient.read()),
      user: name(await client.user.read()),
      userType: client.user.resourceType,
      plans: (await client.request('CarePlan?patient=' + client.patient.id)).entry.length,
      other: await status(client, 'Patient/stepdown-patient'),
      encounter: client.encounter.id,
      scope: before.scope,
    };
    if (before.refresh_token) {
      const token = before.access_token;
      await client.refresh();
      found.isNewToken = client.state.tokenResponse.access_token !== token;
      found.patientAfterRefresh = name(await client.patient.read());
    }
    window.found = found;
  }).catch((error) => { window.found = { error: String(error) }; })
    .finally(() => { document.getElementById('state').textContent = 'done'; });`);

const app = createServer(async (request, response) => {
  const path = request.url.split('?')[0];
  const pages = { '/launch': launchPage(redirect()), '/callback': callbackPage };
  if (path === '/fhir-client.js') {
    response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(await readFile(library));
  } else if (pages[path]) {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(pages[path]);
  } else {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => app.listen(0, '127.0.0.1', listening));
const redirect = () => `http://127.0.0.1:${app.address().port}/callback`;
const launchUrl = (query) => `http://127.0.0.1:${app.address().port}/launch?${new URLSearchParams(query)}`;

const browser = await chromium.launch({
  executablePath: setup.chromium ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

async function run(query, user, choosePatient) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  try {
    await tab.goto(launchUrl(query));
    await tab.getByLabel('Name', { exact: true }).fill(user);
    await tab.getByLabel('Password').fill(setup.passwords[user]);
    await tab.getByRole('button', { name: 'Sign in' }).click();
    if (choosePatient) {
      await tab.getByLabel('Name of the patient').fill(choosePatient);
      await tab.getByRole('button', { name: 'Look for patients' }).click();
      await tab.getByRole('radio').first().check();
      await tab.getByRole('button', { name: 'Go on' }).click();
    }
    await tab.getByRole('button', { name: 'Grant' }).click();
    await tab.waitForFunction(() => document.getElementById('state')?.textContent === 'done', null, { timeout: 30000 });
    return await tab.evaluate(() => window.found);
  } catch (error) {
    return { error: String(error), at: tab.url().split('?')[0], shows: (await tab.locator('body').innerText()).slice(0, 500) };
  } finally {
    await context.close();
  }
}

async function ehrLaunch(user, patient) {
  const token = await (await fetch(`${setup.origin}/auth/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`sandbox-ehr:${setup.ehrSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'system/*.rs' }),
  })).json();
  const announced = await fetch(`${setup.origin}/auth/launch`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token.access_token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ client: 'sandbox-app', patient, user }),
  });
  const opened = new URL((await announced.json()).url);
  return Object.fromEntries(opened.searchParams);
}

const standalone = 'launch/patient openid fhirUser offline_access patient/*.rs';
const fromEhr = 'launch openid fhirUser online_access patient/*.rs user/Practitioner.rs';
const results = {
  patient: await run({ scope: standalone }, 'teo'),
  clinician: await run({ scope: `${standalone} user/Practitioner.rs` }, 'counselor', setup.nameOfPatient),
  ehr: await run({ ...(await ehrLaunch('counselor', 'teen-patient')), scope: fromEhr }, 'counselor'),
};
console.log(JSON.stringify(results));
await browser.close();
app.close();
