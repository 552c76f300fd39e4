// Makes sure that the programs the tests start are on this machine; run by `npm test` before anything else.
// Installs them where it may (Debian, as root or with a sudo that asks nothing); otherwise fails at once and
// names the one line to run. Prints what it does and is silent when everything is there.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs by the Debian package that brings them; any one of `programs` is enough. */
const REQUIRED = [
  { package: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] },
  // Shows that an acknowledgement follows its fsync.
  { package: 'strace', programs: ['strace'] },
  // The cache and event bus of the hybrid backend; the tests start servers of their own.
  { package: 'redis-server', programs: ['redis-server'] },
];

const isExecutable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const isInstalled = (program) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .some((directory) => directory !== '' && isExecutable(join(directory, program)));

const findMissing = () =>
  REQUIRED.filter(({ programs }) => !programs.some(isInstalled)).map((entry) => entry.package);

const succeeds = (command, args, options) => spawnSync(command, args, options).status === 0;

/** The words that must precede a command to run it as root; null when this user may not. */
function findRootPrefix() {
  if (process.getuid?.() === 0) return [];
  return isInstalled('sudo') && succeeds('sudo', ['-n', 'true'], { stdio: 'ignore' })
    ? ['sudo', '-n']
    : null;
}

function fail(missing, why) {
  const line = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  console.error(
    `The tests need ${missing.join(', ')}, and ${why}. On Debian or Ubuntu run:\n\n  ${line}\n`,
  );
  process.exit(1);
}

const missing = findMissing();
if (missing.length > 0) {
  if (!existsSync('/etc/debian_version') || !isInstalled('apt-get'))
    fail(missing, 'this is not a Debian system');
  const prefix = findRootPrefix();
  if (prefix === null) fail(missing, 'installing it needs root');

  console.log(`Installing for the tests: ${missing.join(', ')}`);
  const apt = (...args) => {
    const [command, ...rest] = [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      ...args,
    ];
    if (!succeeds(command, rest, { stdio: 'inherit' }))
      fail(missing, `\`apt-get ${args[0]}\` failed`);
  };
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...missing);

  const stillMissing = findMissing();
  if (stillMissing.length > 0) fail(stillMissing, 'the installation did not bring it');
}
