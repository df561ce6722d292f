import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findKeyring, openKeyring } from '../../../src/cloud/sign-in/keyring.ts'
import { requestKey, seal, unseal } from '../../../src/cloud/sign-in/sealed-session.ts'
import {
  findSignIn,
  readSignIn,
  removeSignIn,
  signInPath,
  writeSignIn,
} from '../../../src/cloud/sign-in/sign-in-store.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'
import { createFakeKeyring } from '../support/fake-keyring.ts'

const URL = 'https://abcdefgh.supabase.co'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nofx-keyring-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe.each([
  ['darwin', 'security'],
  ['linux', 'secret-tool'],
] as const)('the keyring of %s', (platform, name) => {
  test('keeps secrets by account, and never has one in an argument', () => {
    const fake = createFakeKeyring(folder)
    const keyring = findKeyring(fake.env, platform)
    expect(keyring?.name).toBe(name)
    expect(keyring?.read(URL)).toBeUndefined()
    const key = keyring && requestKey(keyring, URL)
    expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/)
    expect(keyring && requestKey(keyring, URL)).toBe(key)
    expect(keyring && requestKey(keyring, 'http://127.0.0.1:54321')).not.toBe(key)
    expect(fake.calls()).toContain(URL)
    for (const secret of fake.secrets()) expect(fake.calls()).not.toContain(secret)
    keyring?.remove(URL)
    expect(keyring?.read(URL)).toBeUndefined()
    expect(fake.secrets()).toHaveLength(1)
  })

  test('that is missing, or keeps nothing, gives no key', () => {
    expect(requestKey(openKeyring(name, { PATH: folder }), URL)).toBeUndefined()
  })
})

test('NOFX_KEYRING=file means no keyring, and other values are refused', () => {
  expect(findKeyring({ NOFX_KEYRING: 'file' }, 'darwin')).toBeUndefined()
  expect(findKeyring({}, 'win32')).toBeUndefined()
  expect(() => findKeyring({ NOFX_KEYRING: 'gnome' }, 'linux')).toThrow('NOFX_KEYRING is "gnome"')
})

test('a sealed session is read with its key alone, and not when a byte of it changed', () => {
  const key = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => Buffer.from(bytes).toString('base64'))
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), key, key, fc.nat(), (session, mine, other, at) => {
      const text = session.toWellFormed()
      const sealed = seal(text, mine)
      expect(unseal(sealed, mine)).toBe(text)
      if (mine !== other) expect(unseal(sealed, other)).toBeUndefined()
      const bytes = Buffer.from(sealed, 'base64')
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1
      expect(unseal(bytes.toString('base64'), mine)).toBeUndefined()
    }),
    { numRuns: repetitions(20, 50) },
  )
  for (const broken of ['', 'AAAA', '%'])
    expect(unseal(broken, Buffer.alloc(32).toString('base64'))).toBeUndefined()
})

test('a sign-in is a file of its owner, with or without a keyring, and is read after either changed', () => {
  const fake = createFakeKeyring(join(folder, 'programs'))
  const place = { XDG_CONFIG_HOME: folder }
  const [withKeyring, alone] = [
    { ...place, ...fake.env },
    { ...place, PATH: '/nonexistent' },
  ]
  const session = '{"access_token":"a.b.c"}'
  const signIn = { url: URL, key: 'sb_publishable_x', session }
  for (const [env, hides] of [
    [alone, false],
    [withKeyring, process.platform !== 'win32'],
    [{ ...withKeyring, NOFX_KEYRING: 'file' }, false],
  ] as const) {
    writeSignIn(env, signIn)
    const path = signInPath(env, URL)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8').includes('access_token')).toBe(!hides)
    expect(findSignIn(env, URL)).toMatchObject({ hasSession: true, key: signIn.key })
    expect(readSignIn({ ...env, NOFX_KEYRING: 'file' }, URL)).toEqual(signIn)
  }
  writeSignIn(withKeyring, signIn)
  expect(() => readSignIn(alone, URL)).toThrow('does not give the key of the sign-in')
  // Auth's client stores a sign-in without its session when the session ends.
  writeSignIn(withKeyring, { url: URL, key: signIn.key })
  expect([findSignIn(withKeyring, URL)?.hasSession, fake.secrets()]).toEqual([false, []])
  writeSignIn(withKeyring, signIn)
  removeSignIn(withKeyring, URL)
  expect([readSignIn(withKeyring, URL), fake.secrets()]).toEqual([undefined, []])
})
