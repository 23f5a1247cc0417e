import type { PluginRouter } from 'estafette/plugin';
import { ask, decide, showAdmin } from './admin';
import { forPerson } from './answers';
import { answerCode, answerPasskey, showChallenge } from './challenge';
import type { FactorConfig } from './config';
import { enrolPasskey, enrolTotp, showEnrol, showPasskey, showTotp } from './enrol';
import { endCodes, forget, makeCodes, removeFactor, showFactors } from './manage';
import { CHALLENGE } from './passing';
import { codesPage, recoveredPage } from './shown-codes';

/** Below `/twofactor`. Those with `challenge` answer a session that is not open yet. */
export function routes(router: PluginRouter<FactorConfig>): void {
  const asked = { challenge: CHALLENGE };
  const sensitive = { confirmed: true };
  const set = { ...asked, ...sensitive };

  router.get(
    '/challenge',
    forPerson((visit) => showChallenge(visit)),
    asked,
  );
  router.post('/challenge', forPerson(answerCode), asked);
  router.post('/challenge/passkey', forPerson(answerPasskey), asked);

  router.get(
    '/',
    forPerson((visit) => showFactors(visit)),
  );
  router.get('/enrol', forPerson(showEnrol), set);
  router.get(
    '/enrol/totp',
    forPerson((visit) => showTotp(visit)),
    set,
  );
  router.post('/enrol/totp', forPerson(enrolTotp), set);
  router.get(
    '/enrol/passkey',
    forPerson((visit) => showPasskey(visit)),
    set,
  );
  router.post('/enrol/passkey', forPerson(enrolPasskey), set);
  router.post('/remove', forPerson(removeFactor), sensitive);
  router.get('/codes/shown', forPerson(codesPage), asked);
  router.get('/recovered', forPerson(recoveredPage));
  router.post('/codes', forPerson(makeCodes), sensitive);
  router.post('/codes/end', forPerson(endCodes), sensitive);
  router.post('/forget', forPerson(forget));

  const administrators = { permission: 'admin.access' } as const;
  router.get(
    '/admin',
    forPerson((visit) => showAdmin(visit)),
    administrators,
  );
  router.post('/admin/ask', forPerson(ask), { ...administrators, ...sensitive });
  router.post('/admin/decide', forPerson(decide), { ...administrators, ...sensitive });
}
