import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signInPath } from '../../src/cloud/sign-in/sign-in-store.ts'
import { createFakeKeyring, KEYRING } from '../cloud/support/fake-keyring.ts'
import { agentFiles } from '../harness/project.ts'
import { HostedProject, PASSWORD } from './support/hosted-project.ts'
import { hasTerminal, inTerminal } from './support/terminal.ts'

const ADA = 'ada@example.com'
const GUEST = 'guest@example.com'

let project: HostedProject
beforeAll(async () => {
  project = await HostedProject.create()
  project.write(agentFiles('good')).commit()
  await project.invite(ADA)
  await project.invite(GUEST, 'guest')
})
afterAll(() => project.remove())

const login = (settings: string, email = ADA, more: Record<string, string> = {}) =>
  project.runWith(
    { env: project.as(settings, { NOFX_PASSWORD: PASSWORD, ...more }) },
    'login',
    '--email',
    email,
  )
const run = (settings: string, ...words: string[]) => project.runWith({ env: project.as(settings) }, ...words)
const fileOf = (settings: string) => signInPath(project.as(settings), project.url)
const stored = (settings: string) => JSON.parse(readFileSync(fileOf(settings), 'utf8'))
const sessionOf = (settings: string) => JSON.parse(stored(settings).session)

describe('a publisher who signs in', () => {
  test('publishes under the own name, without a secret key, until signing out', async () => {
    const signedIn = await login('ada')
    expect(signedIn).toMatchObject({ exit: 0, stderr: '' })
    expect(signedIn.stdout).toContain(`Signed in to ${project.url} as ${ADA}, a publisher.`)
    expect(statSync(fileOf('ada')).mode & 0o777).toBe(0o600)
    expect(readFileSync(fileOf('ada'), 'utf8')).not.toContain(PASSWORD)
    expect((await run('ada', 'whoami')).stdout).toBe(`${project.url}: ${ADA}, a publisher, by nofx login\n`)

    expect(await run('ada', 'registry', 'publish')).toMatchObject({ exit: 0 })
    const { json } = await run('ada', 'registry', 'history', 'agents', 'good', '--json')
    expect(json.data.revisions[0]).toMatchObject({ actor: ADA, version: 1 })

    const token = sessionOf('ada').access_token
    expect(await run('ada', 'logout')).toMatchObject({ exit: 0, stdout: `Signed out of ${project.url}.\n` })
    expect(existsSync(fileOf('ada'))).toBe(false)
    const after = await project.runWith(
      { env: project.as('ada', { NOFX_TOKEN: token }) },
      'registry',
      'releases',
    )
    expect(after).toMatchObject({ exit: 3, stderr: expect.stringContaining('has signed out') })
    expect((await run('ada', 'logout')).stdout).toBe(`Not signed in to ${project.url}.\n`)
  })

  test('keeps the sign-in with a key in the keyring of the system, and ends both', async () => {
    const { env: programs, secrets, calls } = createFakeKeyring(`${project.root}/.git/keyring`)
    const env = project.as('kay', { ...programs, NOFX_KEYRING: '', NOFX_PASSWORD: PASSWORD })
    const ask = (...words: string[]) => project.runWith({ env }, ...words)
    const signedIn = await ask('login', '--email', ADA, '--json')
    expect(signedIn.json.data).toMatchObject({ keyring: KEYRING, path: fileOf('kay') })
    const [key = ''] = secrets()
    expect(key).toMatch(/^\S{44}$/)
    const file = readFileSync(fileOf('kay'), 'utf8')
    expect(file).not.toMatch(/access_token|refresh_token/)
    expect((await ask('whoami')).stdout).toBe(`${project.url}: ${ADA}, a publisher, by nofx login\n`)
    expect(await ask('registry', 'status')).toMatchObject({ exit: 0 })
    const withoutKeyring = { ...env, PATH: `${project.root}/.git/none` }
    const locked = await project.runWith({ env: withoutKeyring }, 'registry', 'status', '--json')
    expect(locked.json.error).toMatchObject({
      code: 'CONFIG',
      message: `the keyring (${KEYRING}) does not give the key of the sign-in to ${project.url}`,
    })
    expect(await ask('logout')).toMatchObject({ exit: 0, stdout: `Signed out of ${project.url}.\n` })
    expect([existsSync(fileOf('kay')), secrets()]).toEqual([false, []])
    // Arguments are visible to other users.
    expect(calls()).not.toContain(key)
  })

  test('pipes the password in, so that it is in no argument and no variable', async () => {
    const { PATH = '' } = process.env
    const env = { PATH, SUPABASE_URL: project.url, ...project.as('piped') }
    const words = [resolve('bin/run.js'), 'login', '--email', ADA, '--password-stdin']
    const options = { cwd: project.root, env, encoding: 'utf8', timeout: 60_000 } as const
    const running = promisify(execFile)(process.execPath, words, options)
    running.child.stdin?.end(`${PASSWORD}\r\n`)
    expect((await running).stdout).toContain(`as ${ADA}, a publisher.`)
  })

  test('is signed in once for commands at the same time: one of them refreshes the token, and all use it', async () => {
    await login('busy')
    const { session, ...rest } = stored('busy')
    const old = JSON.parse(session)
    const expired = { ...old, expires_at: Math.floor(Date.now() / 1000) - 5 }
    writeFileSync(fileOf('busy'), JSON.stringify({ ...rest, session: JSON.stringify(expired) }))
    const before = project.lines.length
    const runs = await Promise.all([1, 2, 3, 4].map(() => run('busy', 'whoami')))
    expect(runs.map(({ exit }) => exit)).toEqual([0, 0, 0, 0])
    const refreshes = project.lines.slice(before).filter((line) => line.includes('grant_type=refresh_token'))
    expect(refreshes).toHaveLength(1)
    expect(sessionOf('busy').refresh_token).not.toBe(old.refresh_token)
    expect(statSync(fileOf('busy')).mode & 0o777).toBe(0o600)
  })
})

describe('a code that Auth sends', () => {
  /** Auth keeps a hash of the address and the code: this one replaces the code of the email, which goes nowhere. */
  async function codeSent(): Promise<string> {
    const code = '314159'
    const hash = createHash('sha256').update(`${ADA}${code}`).digest('hex')
    const [user] = await project.database.query('select recovery_token from auth.users where email = $1', [
      ADA,
    ])
    expect(user?.recovery_token).toMatch(/^[0-9a-f]{64}$/)
    await project.database.query('update auth.users set recovery_token = $1 where email = $2', [hash, ADA])
    return code
  }

  test('signs in with the command that the first one prints', async () => {
    const sent = await run('mailed', 'login', '--email', ADA, '--otp')
    const next = /^Next: nofx (.* )<code>$/m.exec(sent.stdout)?.[1] ?? ''
    const signedIn = await run('mailed', ...next.trim().split(' '), await codeSent())
    expect(signedIn).toMatchObject({ exit: 0, stdout: expect.stringContaining(`as ${ADA}, a publisher.`) })
    expect((await run('mailed', 'whoami')).stdout).toBe(
      `${project.url}: ${ADA}, a publisher, by nofx login\n`,
    )
    const again = await run('again', ...next.trim().split(' '), '314159')
    expect(again).toMatchObject({ exit: 3, stderr: expect.stringContaining('nofx login --otp') })
  })

  test.skipIf(!hasTerminal)('is asked for on a terminal', async () => {
    const { PATH = '' } = process.env
    const env = { PATH, SUPABASE_URL: project.url, ...project.as('typed') }
    const screen = await inTerminal(`'${process.execPath}' '${resolve('bin/run.js')}' login --otp`, {
      cwd: project.root,
      env,
      columns: 80,
      answers: [
        ['Email:', `${ADA}\r`],
        ['Code from the email', async () => `${await codeSent()}\r`],
      ],
    })
    expect(screen).toContain(`as ${ADA}, a publisher.`)
    expect((await run('typed', 'registry', 'status')).exit).toBe(0)
  })
})

describe('a sign-in is refused, with what to do', () => {
  test.each([
    ['a wrong password', { NOFX_PASSWORD: 'hunter2 hunter2' }, ADA, 3, /the email or the password is wrong/],
    ['a user that does not exist', {}, 'nobody@example.com', 3, /the email or the password is wrong/],
    ['no publishable key', { SUPABASE_PUBLISHABLE_KEY: '' }, ADA, 2, /SUPABASE_PUBLISHABLE_KEY is not set/],
    ['no project', { SUPABASE_URL: '' }, ADA, 2, /SUPABASE_URL is not set/],
    ['no password and no terminal', { NOFX_PASSWORD: '' }, ADA, 2, /NOFX_PASSWORD is missing/],
    ['an unreachable project', { SUPABASE_URL: 'http://127.0.0.1:9' }, ADA, 3, /cannot be reached/],
  ])('for %s', async (_what, env, email, exit, says) => {
    const refused = await login('refused', email, env)
    expect(refused).toMatchObject({ exit, stdout: '', stderr: expect.stringMatching(says) })
    expect(refused.stderr).not.toMatch(/hunter2|correct horse|\n\s+at /)
    expect(existsSync(fileOf('refused'))).toBe(false)
  })

  test('for a code that Auth refuses, after a code was sent', async () => {
    const sent = await run('otp', 'login', '--email', ADA, '--otp')
    expect(sent).toMatchObject({ exit: 0, stdout: expect.stringContaining(`Sent a code to ${ADA}`) })
    const refused = await run('otp', 'login', '--email', ADA, '--code', '000000')
    expect(refused).toMatchObject({ exit: 3, stderr: expect.stringContaining('did not sign in') })
    expect(existsSync(fileOf('otp'))).toBe(false)
  })
})

describe('a sign-in that cannot be used', () => {
  test('of a user who is not a publisher is reported at the sign-in, by whoami, and by a publish', async () => {
    expect((await login('guest', GUEST)).stdout).toContain(`as ${GUEST}, not a publisher.`)
    expect((await run('guest', 'whoami')).stdout).toContain(`${GUEST}, not a publisher`)
    const refused = await run('guest', 'registry', 'publish')
    expect(refused).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining('this user is not a publisher'),
    })
    // The hint of the refusal, once the owner has given the role.
    expect(refused.stderr).toContain('then renew the token: nofx whoami')
    await project.promote(GUEST)
    expect((await run('guest', 'whoami')).stdout).toBe(
      `${project.url}: ${GUEST}, a publisher, by nofx login\n`,
    )
    expect((await run('guest', 'registry', 'publish')).exit).toBe(0)
    await project.promote(GUEST, 'guest')
  })

  test('that other users can read is refused with the command that fixes it', async () => {
    await login('open')
    chmodSync(fileOf('open'), 0o644)
    const refused = await run('open', 'whoami')
    expect(refused).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(`chmod 600 "${fileOf('open')}"`),
    })
    chmodSync(fileOf('open'), 0o600)
    expect((await run('open', 'whoami')).exit).toBe(0)
  })

  test('that is damaged is refused, and replaced by a new one', async () => {
    await login('torn')
    writeFileSync(fileOf('torn'), '{"url":')
    expect(await run('torn', 'whoami')).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/nofx login/),
    })
    expect((await login('torn')).exit).toBe(0)
    expect((await run('torn', 'whoami')).exit).toBe(0)
  })

  test('that was ended elsewhere asks for another sign-in', async () => {
    await login('ended')
    const { session, ...rest } = stored('ended')
    const expired = { ...JSON.parse(session), expires_at: 1, refresh_token: 'gone' }
    writeFileSync(fileOf('ended'), JSON.stringify({ ...rest, session: JSON.stringify(expired) }))
    const refused = await run('ended', 'registry', 'releases')
    expect(refused).toMatchObject({ exit: 3, stderr: expect.stringMatching(/has ended[\s\S]*nofx login/) })
  })
})

describe('NOFX_TOKEN', () => {
  test('comes before every other credential', async () => {
    await login('token')
    const env = project.as('none', {
      NOFX_TOKEN: sessionOf('token').access_token,
      SUPABASE_SECRET_KEY: project.keys.secret,
    })
    const { json } = await project.runWith({ env }, 'whoami', '--json')
    expect(json.data).toMatchObject({
      registry: project.url,
      via: 'token',
      user: { email: ADA, publisher: true },
    })
  })

  test('is refused after its end, without its text', async () => {
    const { tokenOf } = await import('../dev/support/realtime-client.ts')
    const text = await tokenOf(project.keys, {}, '-1h')
    const refused = await project.runWith(
      { env: project.as('none', { NOFX_TOKEN: text }) },
      'registry',
      'releases',
    )
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringMatching(/NOFX_TOKEN expired at 20/) })
    expect(refused.stderr).not.toContain(text)
  })
})
