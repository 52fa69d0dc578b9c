// SPDX-License-Identifier: Apache-2.0
// The page is an app like any other: it signs in by SMART App Launch and asks the FHIR API, so that it can do nothing
// that its user may not. The access token stays in memory.

const CLIENT = 'consents-page';
const PART2 = 'https://iop-fhir.org/fhir/StructureDefinition/part2-consent-elements';
const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const SCOPES = {
  patient: 'launch/patient openid fhirUser patient/Consent.crus patient/Patient.rs patient/Organization.rs',
  staff: 'openid fhirUser user/Consent.rus user/Patient.rs user/Organization.rs',
};
const PURPOSES = {
  TREAT: 'treatment', HPAYMT: 'payment', HOPERAT: 'running the care', COC: 'coordination of care', CAREMGT: 'management of care',
  PATRQT: 'at the request of the patient', HLEGAL: 'legal proceedings', ETREAT: 'emergency treatment',
};

const home = new URL('./', location.href);
const base = new URL('../fhir', home).href;
const at = (id) => document.getElementById(id);
let token;
let patient;
let isPatient;

function say(text, failed = false) {
  at('state').textContent = text;
  at('state').className = failed ? 'failed' : '';
}

function show(...ids) {
  for (const id of ['start', 'search', 'list', 'give']) at(id).hidden = !ids.includes(id);
}

const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const random = () => encode(crypto.getRandomValues(new Uint8Array(32)));

async function places() {
  const answer = await fetch(`${base}/.well-known/smart-configuration`);
  if (!answer.ok) throw new Error('This server does not say where to sign in');
  return answer.json();
}

async function signIn(who) {
  const verifier = random();
  const state = random();
  sessionStorage.setItem('sign-in', JSON.stringify({ verifier, state, who }));
  const challenge = encode(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
  const url = new URL((await places()).authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: 'code', client_id: CLIENT, redirect_uri: home.href, scope: SCOPES[who], state, aud: base,
    code_challenge: challenge, code_challenge_method: 'S256',
  });
  location.assign(url);
}

async function signedIn(asked) {
  const kept = JSON.parse(sessionStorage.getItem('sign-in') ?? '{}');
  sessionStorage.removeItem('sign-in');
  history.replaceState(null, '', home.pathname);
  if (asked.get('error')) throw new Error('You did not sign in, or did not agree');
  if (!kept.state || kept.state !== asked.get('state')) throw new Error('This sign-in was not begun here; begin again');
  const answer = await fetch((await places()).token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code', code: asked.get('code'), redirect_uri: home.href, client_id: CLIENT,
      code_verifier: kept.verifier,
    }),
  });
  if (!answer.ok) throw new Error('The sign-in was refused; begin again');
  const granted = await answer.json();
  token = granted.access_token;
  isPatient = kept.who === 'patient';
  return granted.patient;
}

async function fhir(path, method = 'GET', body = undefined, version = undefined) {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/fhir+json' };
  if (body) headers['Content-Type'] = 'application/fhir+json';
  if (version) headers['If-Match'] = `W/"${version}"`;
  const answer = await fetch(path.startsWith('http') ? path : `${base}/${path}`, {
    method, headers, body: body && JSON.stringify(body),
  });
  if (answer.status === 401) throw new Error('Your sign-in has ended; open this page again');
  if (!answer.ok) {
    const outcome = await answer.json().catch(() => ({}));
    const issue = outcome.issue?.[0];
    throw new Error(issue?.details?.text ?? issue?.diagnostics ?? `The server answered ${answer.status}`);
  }
  return answer.status === 204 ? undefined : answer.json();
}

async function all(path) {
  const found = [];
  for (let url = path; url;) {
    const page = await fhir(url);
    found.push(...(page.entry ?? []).map((entry) => entry.resource));
    url = page.link?.find((link) => link.relation === 'next')?.url;
  }
  return found;
}

const names = new Map();
async function nameOf(reference) {
  if (!reference) return 'somebody who is not named';
  if (!names.has(reference)) {
    const found = await fhir(reference).catch(() => undefined);
    const person = found?.name?.[0];
    names.set(reference, found?.resourceType === 'Organization' ? found.name : person ? personal(person) : reference);
  }
  return names.get(reference);
}

const personal = (name) => name.text ?? [...(name.given ?? []), name.family].filter(Boolean).join(' ');
const said = (consent, element) =>
  consent.extension?.find((each) => each.url === PART2)?.extension?.filter((each) => each.url === element) ?? [];

function isInForce(consent) {
  const end = consent.provision?.period?.end;
  return consent.status === 'active' && !(end && end < new Date().toISOString().slice(0, end.length));
}

async function words(consent) {
  const provision = consent.provision ?? {};
  const recipients = await Promise.all((provision.actor ?? []).map((actor) => nameOf(actor.reference?.reference)));
  if (said(consent, 'recipientClass').some((each) => each.valueCode === 'tpo')) {
    recipients.push('everybody who treats the patient, pays for it, or helps to run the program');
  }
  const purposes = (provision.purpose ?? []).map((purpose) => PURPOSES[purpose.code] ?? purpose.code);
  const denies = provision.type === 'deny';
  const who = recipients.join(', ') || 'everybody';
  const what = said(consent, 'information')[0]?.valueString;
  const until = provision.period?.end ?? said(consent, 'expirationEvent')[0]?.valueString;
  return {
    title: denies ? `Nothing is shown to ${who}` : `Shown to ${who}`,
    lines: [
      purposes.length ? `For: ${purposes.join(', ')}` : 'For any purpose',
      ...(what ? [`What: ${what}`] : []),
      ...(consent.dateTime ? [`Signed: ${consent.dateTime.slice(0, 10)}`] : []),
      ...(until ? [`Until: ${until}`] : []),
    ],
  };
}

function element(tag, text, parent) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  parent?.append(made);
  return made;
}

async function list() {
  const consents = await all(`Consent?patient=Patient/${patient}&_sort=-date&_count=50`);
  const items = await Promise.all(consents.map(async (consent) => ({ consent, ...(await words(consent)) })));
  at('consents').replaceChildren();
  for (const { consent, title, lines } of items) {
    const item = element('li', undefined, at('consents'));
    element('h3', title, item);
    for (const line of lines) element('p', line, item);
    if (isInForce(consent)) {
      const button = element('button', 'Take back', element('p', undefined, item));
      button.type = 'button';
      button.setAttribute('aria-label', `Take back: ${title}`);
      button.addEventListener('click', () => guarded(() => takeBack(consent, title)));
    } else {
      element('p', 'This is no longer in force.', item).className = 'ended';
    }
  }
  say(items.length ? `${items.length} found.` : 'There is no consent yet: nothing is shown to anybody outside of the program.');
  show('list', ...(isPatient ? ['give'] : ['search']));
}

function sure(title) {
  at('sure-what').textContent = title;
  at('sure').returnValue = 'no';
  at('sure').showModal();
  return new Promise((closed) => {
    at('sure').addEventListener('close', () => closed(at('sure').returnValue === 'yes'), { once: true });
  });
}

async function takeBack(consent, title) {
  if (!(await sure(title))) return;
  const now = new Date().toISOString();
  await fhir(`Consent/${consent.id}`, 'PUT', {
    ...consent,
    status: 'inactive',
    verification: [
      ...(consent.verification ?? []),
      { verified: true, verifiedWith: { reference: `Patient/${patient}` }, verificationDate: now },
    ],
  }, consent.meta.versionId);
  await list();
  say(`Taken back: ${title}`);
}

async function fillRecipients() {
  const organizations = await all('Organization?_sort=name&_count=100');
  at('recipient').replaceChildren();
  for (const organization of organizations) {
    const option = element('option', organization.name ?? organization.id, at('recipient'));
    option.value = `Organization/${organization.id}`;
  }
}

async function give(form) {
  const given = new FormData(form);
  const own = await fhir(`Patient/${patient}`);
  const self = { reference: `Patient/${patient}` };
  const purposes = given.getAll('purpose');
  if (!purposes.length) throw new Error('Say what the record may be seen for');
  const program = own.managingOrganization;
  if (!program) throw new Error('Your record does not say which program keeps it; ask the program');
  const text = `${at('statements').innerText}\n\nSigned: ${given.get('signature')}, ${new Date().toISOString()}`;
  const today = new Date().toISOString().slice(0, 10);
  const element = (url, value) => ({ url, ...value });
  await fhir('Consent', 'POST', {
    resourceType: 'Consent',
    meta: { profile: ['https://iop-fhir.org/fhir/StructureDefinition/iop-part2-consent'] },
    extension: [{
      url: PART2,
      extension: [
        element('information', { valueString: 'The whole record of treatment, apart from counseling notes' }),
        element('rightToRevoke', { valueBoolean: true }),
        element('redisclosureStatement', { valueBoolean: true }),
        element('refusalConsequence', { valueBoolean: true }),
        element('redisclosureUnderHipaa', { valueBoolean: true }),
        element('signedBy', { valueReference: self }),
      ],
    }],
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [
      { coding: [{ system: ACT, code: '42CFRPart2CD' }] },
      { coding: [{ system: 'http://loinc.org', code: '64292-6' }] },
    ],
    patient: self,
    dateTime: today,
    performer: [self],
    organization: [program],
    sourceAttachment: {
      contentType: 'text/plain; charset=utf-8',
      data: btoa(String.fromCharCode(...new TextEncoder().encode(text))),
      title: 'What was signed',
      creation: new Date().toISOString(),
    },
    policy: [{ authority: 'https://www.hhs.gov', uri: 'https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-2' }],
    provision: {
      type: 'permit',
      period: { start: today, end: given.get('until') },
      actor: [{
        role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
        reference: { reference: given.get('recipient') },
      }],
      purpose: purposes.map((code) => ({ system: REASON, code })),
    },
  });
  form.reset();
  await list();
  say('Signed. It is in force from now on.');
}

async function search(form) {
  const family = new FormData(form).get('family');
  const found = await all(`Patient?family=${encodeURIComponent(family)}&_count=20`);
  at('patients').replaceChildren();
  for (const each of found) {
    const item = element('li', undefined, at('patients'));
    const born = each.birthDate ? `, born ${each.birthDate}` : '';
    const button = element('button', `${personal(each.name?.[0] ?? {})}${born}`, item);
    button.type = 'button';
    button.className = 'plain';
    button.addEventListener('click', () => guarded(() => { patient = each.id; return list(); }));
  }
  say(found.length ? `${found.length} found.` : 'Nobody of that name is known.');
}

async function guarded(work) {
  try {
    await work();
  } catch (error) {
    say(error.message, true);
  }
}

at('as-patient').addEventListener('click', () => guarded(() => signIn('patient')));
at('as-staff').addEventListener('click', () => guarded(() => signIn('staff')));
at('search-form').addEventListener('submit', (event) => {
  event.preventDefault();
  guarded(() => search(event.target));
});
at('give-form').addEventListener('submit', (event) => {
  event.preventDefault();
  guarded(() => give(event.target));
});

guarded(async () => {
  const asked = new URLSearchParams(location.search);
  if (!asked.has('code') && !asked.has('error')) {
    say('');
    show('start');
    return;
  }
  show();
  say('Loading');
  patient = await signedIn(asked);
  if (isPatient) {
    await fillRecipients();
    await list();
  } else {
    say('');
    show('search');
    at('family').focus();
  }
});
