// SPDX-License-Identifier: Apache-2.0
// Use the page of consents in headless Chromium as a patient and as staff would, and print what they saw.
//   node consents.mjs '{"origin": "http://localhost:8080", "passwords": {...}, "recipient": "...", "family": "..."}'
import { chromium } from 'playwright-core';

const setup = JSON.parse(process.argv[2]);
const browser = await chromium.launch({
  executablePath: setup.chromium ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

const titles = (tab) => tab.locator('#consents h3').allInnerTexts();
const settled = (tab, pattern) =>
  tab.waitForFunction((text) => new RegExp(text).test(document.getElementById('state').textContent), pattern, { timeout: 30000 });

async function signIn(tab, button, user) {
  await tab.goto(`${setup.origin}/consents/`);
  await tab.getByRole('button', { name: button }).click();
  await tab.getByLabel('Name', { exact: true }).fill(user);
  await tab.getByLabel('Password').fill(setup.passwords[user]);
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.getByRole('button', { name: 'Grant' }).click();
}

async function patient(tab) {
  await signIn(tab, 'I am the patient', setup.patient);
  await settled(tab, 'found|no consent');
  const before = await titles(tab);
  await tab.getByLabel('Who may see the record').selectOption({ label: setup.recipient });
  await tab.getByLabel('Until').fill('2099-12-31');
  await tab.getByLabel('Type your full name to sign').fill('Invented Name');
  await tab.getByRole('button', { name: 'Sign this consent' }).click();
  await settled(tab, 'Signed');
  const given = await titles(tab);
  await tab.getByRole('button', { name: `Take back: Shown to ${setup.recipient}` }).first().click();
  await tab.getByRole('button', { name: 'Take it back' }).click();
  await settled(tab, 'Taken back');
  const ended = await tab.locator('#consents li', { hasText: `Shown to ${setup.recipient}` }).first().innerText();
  return { before: before.length, given, ended };
}

async function staff(tab) {
  await signIn(tab, 'I work for the program', setup.staff);
  await tab.getByLabel('Family name of the patient').fill(setup.family);
  await tab.getByRole('button', { name: 'Look for patients' }).click();
  await settled(tab, 'found');
  await tab.locator('#patients button').first().click();
  await tab.locator('#list').waitFor();
  return { seen: await titles(tab), canGive: await tab.locator('#give').isVisible() };
}

async function run(use) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  const problems = [];
  tab.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  try {
    return { ...(await use(tab)), problems };
  } catch (error) {
    return { error: String(error), at: tab.url().split('?')[0], shows: (await tab.locator('body').innerText()).slice(0, 800), problems };
  } finally {
    await context.close();
  }
}

console.log(JSON.stringify({ patient: await run(patient), staff: await run(staff) }));
await browser.close();
