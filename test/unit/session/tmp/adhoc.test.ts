import { systemClock } from '../../../../src/base/clock';
import { silentLog } from '../../../../src/base/log';
import { startDemoLdap } from '../../../../src/demo/ldap';
import { createLdapLogin } from '../../../../src/session';
import { aBench } from '../kit';
it('demo ldap', async () => {
  const demo = await startDemoLdap({
    entries: [{ dn: 'uid=alice,dc=s,dc=e', attributes: { objectClass: ['person'], uid: ['alice'], mail: ['alice@s.e'], displayName: ['Alice É'] } } as never],
    passwords: new Map([['uid=alice,dc=s,dc=e', 'pw'], ['cn=svc,dc=s,dc=e', 'svc']]),
    suffixes: ['dc=s,dc=e'],
  });
  const login = createLdapLogin({ clock: systemClock, log: silentLog() });
  const dir = { urls: [demo.url], startTls: false, bindDn: 'cn=svc,dc=s,dc=e', bindPassword: 'svc', searchBase: 'dc=s,dc=e',
    searchFilter: '(|(uid={{login}})(mail={{login}}))', timeoutMs: 1000, attributes: { uid: 'uid', mail: 'mail', name: 'displayName', imapLogin: 'uid' } };
  console.log(await login(dir, { login: 'alice', password: 'pw' }), await login(dir, { login: 'alice', password: 'no' }), await login(dir, { login: 'bob', password: 'no' }));
  const t=performance.now(); for (let i=0;i<50;i++) await login(dir, { login: 'alice', password: 'pw' }); console.log('login ms', (performance.now()-t)/50, demo.stats());
  await demo.close();
  const b = await aBench(); const s = await b.signIn();
  const t0 = performance.now(); for (let i=0;i<2000;i++) await b.sessions.load(s.bearer, b.site, { touch: true });
  console.log('load ms', (performance.now()-t0)/2000); await b.close();
});
