import {
  allDirectoryEntries,
  allDirectoryPasswords,
  type DemoSite,
  demoSites,
} from '../../src/demo/data';
import { type DemoLdap, startDemoLdap } from '../../src/demo/ldap';
import { createKeptConnections, searchDirectory, type WithClient } from '../../src/ldap';

const [site] = demoSites as readonly [DemoSite];
let ldap: DemoLdap;
let through: WithClient;
beforeEach(async () => {
  through = createKeptConnections();
  ldap = await startDemoLdap({
    entries: allDirectoryEntries(),
    passwords: allDirectoryPasswords(),
    suffixes: demoSites.map(({ baseDn }) => baseDn),
  });
});
afterEach(() => ldap.close());

const ask = async (filter = '(uid=odile.tramontane)', change: object = {}) => {
  const endpoint = {
    urls: [ldap.url],
    startTls: false,
    bindDn: site.serviceDn,
    bindPassword: site.servicePassword,
    ...change,
  };
  const { entries } = await searchDirectory(
    endpoint,
    { base: site.baseDn, scope: 'sub', filter, attributes: ['cn'], limit: 5 },
    { timeoutMs: 1_000, through },
  );
  return entries.map(({ attributes }) => attributes['cn']?.[0]);
};

it('are used again, one question at a time', async () => {
  for (let count = 0; count < 30; count++) expect(await ask()).toEqual(['Odile Tramontane']);
  expect(ldap.stats()).toMatchObject({ binds: 1, connections: 1 });

  await Promise.all(Array.from({ length: 8 }, () => ask()));
  expect(ldap.stats().binds).toBe(8);
  while (ldap.stats().connections > 4) await new Promise((resolve) => setImmediate(resolve));
});

it('are those of one account each', async () => {
  await ask();
  await expect(ask(undefined, { bindPassword: 'wrong' })).rejects.toThrow('directory/unreachable');
  expect(await ask()).toEqual(['Odile Tramontane']);
});

it('are replaced when they were lost meanwhile, bound as before', async () => {
  await ask();
  ldap.faults.down(true);
  await expect(ask()).rejects.toThrow('directory/unreachable');
  ldap.faults.clear();

  expect(await ask()).toEqual(['Odile Tramontane']);
  expect(ldap.stats().binds).toBe(2);
});

it('wait no longer than a question may take', async () => {
  await ask();
  ldap.faults.silent(true);
  await expect(ask()).rejects.toThrow('directory/timeout');
  ldap.faults.clear();

  expect(await ask()).toEqual(['Odile Tramontane']);
});
