import { execFileSync } from 'node:child_process'
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkForUpdate } from '../../../src/cli/updates/announce-update.ts'
import { updateCommand } from '../../../src/cli/updates/installation.ts'
import { mayAnnounce } from '../../../src/cli/updates/may-ask.ts'
import { isDue, readNewest } from '../../../src/cli/updates/newest.ts'
import { isNewer, isRelease } from '../../../src/cli/updates/release.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

const DAY_MS = 24 * 60 * 60 * 1000

describe('a release', () => {
  test.each(['0.1.0', '10.20.30'])('%j is one', (text) => expect(isRelease(text)).toBe(true))
  test.each([
    '',
    '1.2',
    'v1.2.3',
    '1.2.3-rc.1',
    '1.2.3\n9',
    '1.2.3\u001b[0m',
    '１.2.3',
    `${'9'.repeat(400)}.0.0`,
  ])('%j is not one', (text) => expect(isRelease(text)).toBe(false))

  test.each([
    ['0.2.0', '0.1.0', true],
    ['0.10.0', '0.9.9', true],
    ['1.0.0', '0.99.99', true],
    ['1.0.0', '1.0.0-rc.2', true],
    ['0.1.0', '0.1.0', false],
    ['0.1.0', '0.2.0', false],
    ['1.0.0', '1.0.1-rc.1', false],
    ['0.9.10', '1.0.0', false],
    ['1.0.0', '1.0.0+build', false],
    ['1.0.0', 'unknown', false],
  ])('%s is newer than %s: %j', (release, running, newer) => expect(isNewer(release, running)).toBe(newer))
})

test.each<[NodeJS.ProcessEnv, boolean]>([
  [{}, true],
  [{ CI: '' }, true],
  [{ CI: 'false' }, true],
  [{ NOFX_NO_UPDATE_CHECK: '' }, true],
  [{ CI: '1' }, false],
  [{ CI: 'woodpecker' }, false],
  [{ TF_BUILD: 'True' }, false],
  [{ TEAMCITY_VERSION: '2026.1' }, false],
  [{ NOFX_NO_UPDATE_CHECK: '1' }, false],
  [{ NO_UPDATE_NOTIFIER: 'true' }, false],
])('with the variables %j a line is shown on a terminal: %j', (env, shown) => {
  expect(mayAnnounce(env, { isTTY: true })).toBe(shown)
  expect(mayAnnounce(env, {})).toBe(false)
})

describe('the command that gets the newest release', () => {
  const DEV = '{"devDependencies": {"nofx": "0.1.0"}}'
  const DIRECT = '{"dependencies": {"nofx": "0.1.0"}}'
  test.each<[string, string, Record<string, string>, string | undefined]>([
    ['a clone', 'nofx', {}, undefined],
    ['npm', 'p/node_modules/nofx', { 'p/package.json': DEV }, 'npm install nofx@latest'],
    ['npm, at run time', 'p/node_modules/nofx', { 'p/package.json': DIRECT }, 'npm install nofx@latest'],
    ['npm, for the user', 'prefix/lib/node_modules/nofx', {}, 'npm install --global nofx@latest'],
    ['npx', '.npm/_npx/0ab/node_modules/nofx', { '.npm/_npx/0ab/package.json': DIRECT }, 'npx nofx@latest'],
    [
      'pnpm',
      'p/node_modules/.pnpm/nofx@0.1.0/node_modules/nofx',
      { 'p/package.json': DEV, 'p/pnpm-lock.yaml': '' },
      'pnpm add --save-dev nofx@latest',
    ],
    ['yarn', 'p/node_modules/nofx', { 'p/package.json': DIRECT, 'p/yarn.lock': '' }, 'yarn add nofx@latest'],
    ['bun', 'p/node_modules/nofx', { 'p/package.json': DEV, 'p/bun.lock': '' }, 'bun add --dev nofx@latest'],
    ['another place', 'p/node_modules/nofx', {}, 'npx nofx@latest'],
    ['a broken package.json', 'p/node_modules/nofx', { 'p/package.json': '{' }, 'npx nofx@latest'],
  ])('of %s', (_name, place, files, command) => {
    const folder = tempFolder(files)
    expect(updateCommand('nofx', join(folder, place))).toBe(command)
  })
})

describe('the last answer', () => {
  test.each([
    ['a version', '99.0.0\n', '99.0.0'],
    ['nothing', '', undefined],
    ['other text', '{"version":"99.0.0"}', undefined],
    ['escape sequences', '\u001b]0;99.0.0\u0007', undefined],
    ['two lines', '99.0.0\n99.0.1\n', undefined],
    ['far too much', `99.0.0${' '.repeat(1 << 20)}`, undefined],
  ])('in a file with %s', (_name, content, version) => {
    const path = join(tempFolder({ 'newest-release': content }), 'newest-release')
    expect(readNewest(path).version).toBe(version)
  })

  test('is unknown without a file, and behind a folder or a pipe', () => {
    const folder = tempFolder()
    execFileSync('mkfifo', [join(folder, 'pipe')])
    for (const path of ['none', 'pipe', '.']) expect(readNewest(join(folder, path))).toEqual({})
  })

  test.each([
    ['yesterday', -DAY_MS, true],
    ['an hour ago', -DAY_MS / 24, false],
    ['by a clock that was two days ahead', 2 * DAY_MS, true],
  ])('of %s is due again: %j', (_name, ago, due) => {
    const path = join(tempFolder({ 'newest-release': '' }), 'newest-release')
    const now = Date.now()
    utimesSync(path, new Date(now + ago), new Date(now + ago))
    expect(isDue(readNewest(path), now)).toBe(due)
  })

  test.each([
    ['99.0.0\n', {}, { state: 'warning', detail: '0.1.0; 99.0.0 is available', fix: 'npx nofx@latest' }],
    ['0.1.0\n', {}, { state: 'ok', detail: '0.1.0' }],
    ['', {}, { state: 'ok', detail: '0.1.0 (npm has not answered yet whether there is a newer one)' }],
    [
      '99.0.0\n',
      { NO_UPDATE_NOTIFIER: '1' },
      { state: 'ok', detail: '0.1.0 (NO_UPDATE_NOTIFIER is set: npm is not asked for a newer one)' },
    ],
  ])('%j with %j has a line of doctor', (content, env, check) => {
    const cacheDir = tempFolder({ 'newest-release': content })
    const root = join(cacheDir, 'node_modules/nofx')
    expect(checkForUpdate({ name: 'nofx', version: '0.1.0', root, cacheDir }, env)).toEqual({
      name: 'nofx',
      ...check,
    })
  })
})
