import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { signInPath } from '../../../../src/cloud/sign-in/sign-in-store.ts'
import { eventsSecrets } from '../../../../src/contract/protocol/events-secrets.ts'
import type { LyingProxy } from '../../../harness/lying-proxy.ts'
import { type Hint, hintOf } from '../follow-hint.ts'
import type { Follower } from '../follower.ts'
import { type HostedProject, PASSWORD } from '../hosted-project.ts'

export const ADA = 'ada@example.com'
export const GUEST = 'guest@example.com'

/** Who reads the hint: a reader has the publishable key alone, a publisher has signed in, the owner has the secret key. */
export type Role = 'reader' | 'publisher' | 'guest' | 'owner'

/** A hosted project, and a proxy in front of it that can change answers. */
export interface World {
  project: HostedProject
  proxy: LyingProxy
}

/** A hint that someone with some rights reads. */
export interface HostedHint extends Omit<Hint, 'shown' | 'first' | 'after'> {
  who: Role
  first?: (person: Follower, world: World) => unknown
  shown: (person: Follower, world: World) => Promise<string>
  after?: (person: Follower, world: World) => unknown
}

const fileOf = (person: Follower, { project }: World) =>
  signInPath(person.variables as { XDG_CONFIG_HOME: string }, project.url)
const tokenOf = (person: Follower, world: World): string =>
  JSON.parse(JSON.parse(readFileSync(fileOf(person, world), 'utf8')).session).access_token

/** Auth keeps a hash of the address and the code: this one replaces the code of the email, which goes nowhere. */
async function codeSent({ project }: World): Promise<string> {
  const hash = createHash('sha256').update(`${ADA}314159`).digest('hex')
  await project.database.query('update auth.users set recovery_token = $1 where email = $2', [hash, ADA])
  return '314159'
}

/** A token with these claims and a wrong signature. */
function forge(claims: object): string {
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  return [...parts, 'c2lnbmVk'].join('.')
}
const NO_USER = forge({ role: 'anon' })
const OLD = forge({ sub: 'ada', exp: 1, app_metadata: { nofx_role: 'publisher' } })
const WRONG = `sb_secret_${'a'.repeat(22)}_${'b'.repeat(8)}`

/** Everything that a sign-in opens. */
const ACT = "nofx registry disable agents/reviewer --reason 'a test'"
const undo = (person: Follower) => person.does("nofx registry enable agents/reviewer --reason 'a test'")
const acts = async (person: Follower) => {
  await person.does(ACT)
  await undo(person)
}

const SIGN_IN: HostedHint[] = [
  {
    who: 'reader',
    sites: ['src/cli/least-key.ts: nofx login'],
    shown: (person) => person.fails(ACT),
    after: acts,
  },
  {
    who: 'reader',
    sites: ['src/cloud/hosted/hosted-config.ts: nofx login'],
    shown: (person) => person.as({ NOFX_TOKEN: 'not-a-token' }).fails(ACT),
    after: acts,
  },
  {
    who: 'reader',
    sites: ['src/cloud/sign-in/auth-failure.ts: nofx login --otp'],
    shown: (person) => person.as({ NOFX_PASSWORD: 'another' }).fails('nofx login'),
  },
  {
    who: 'reader',
    sites: ['src/commands/login.ts: nofx login --email <value> --code <code>'],
    shown: async (person, world) => {
      const text = await person.does('nofx login --otp')
      await codeSent(world)
      return text
    },
    put: { '<code>': '314159' },
    after: acts,
  },
  {
    who: 'publisher',
    sites: ['src/cloud/sign-in/sign-in-store.ts: nofx login'],
    shown: (person, world) => {
      writeFileSync(fileOf(person, world), 'not a sign-in')
      return person.fails(ACT)
    },
    after: acts,
  },
  {
    who: 'publisher',
    sites: ['src/cloud/sign-in/auth-failure.ts: nofx login'],
    shown: (person, world) => {
      endSession(person, world)
      return person.fails(ACT)
    },
    after: acts,
  },
  {
    who: 'publisher',
    sites: ['src/cli/present/who.ts: unset <value>'],
    shown: (person, world) => person.as({ NOFX_TOKEN: tokenOf(person, world) }).does('nofx login'),
    after: acts,
  },
  // Another credential comes before a sign-in.
  {
    who: 'publisher',
    sites: ['src/cloud/sign-in/sign-in.ts: nofx login'],
    shown: (person) => person.fails(ACT),
    env: { NOFX_TOKEN: NO_USER },
    every: true,
    after: acts,
  },
  {
    who: 'reader',
    sites: ['src/cloud/hosted/open-as-publisher.ts: nofx login'],
    shown: (person) => person.as({ NOFX_TOKEN: OLD }).fails(ACT),
    after: acts,
  },
  {
    who: 'publisher',
    sites: [
      'src/cloud/registry/remote-failure.ts: nofx login',
      'src/cli/failures/before-sign-in.ts: unset <value>',
    ],
    env: { SUPABASE_SECRET_KEY: WRONG },
    shown: (person) => person.fails(ACT),
    every: true,
    after: acts,
  },
  {
    who: 'guest',
    sites: ['src/cli/present/who.ts: nofx whoami', 'src/edge/auth/publisher-token.ts: nofx whoami'],
    shown: async (person) => `${await person.does('nofx whoami')}\n${await person.fails(ACT)}`,
    first: (_person, { project }) => project.promote(GUEST),
    after: async (person, { project }) => {
      await acts(person)
      await project.promote(GUEST, 'guest')
    },
  },
]

/** Makes the stored tokens those of a session that Auth does not know any more. */
function endSession(person: Follower, world: World): void {
  const path = fileOf(person, world)
  const { session, ...rest } = JSON.parse(readFileSync(path, 'utf8'))
  const ended = { ...JSON.parse(session), refresh_token: 'gone', expires_at: 1 }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify({ ...rest, session: JSON.stringify(ended) }))
}

/** Hints for those who have the publishable key alone: they may read what is public, and no more. */
const READERS: HostedHint[] = [
  'nofx registry history',
  'nofx registry history agents',
  'nofx registry history agents/reviewer',
  'nofx registry list',
  'nofx registry show agents/reviewer',
  'nofx registry show agents/reviewer --graph',
  'nofx registry show agents/qqqqqq',
  'nofx registry show agents/reviewer --version v9',
  'nofx registry history agents/reviewer --at 2026-01-01',
  'nofx registry history --at 2026-01-01',
  'nofx registry list --env pr-1',
  'nofx export claude agents/reviewer --from live --to .git/out',
  'nofx export claude --from agents/reviewer@v9 --to .git/out',
  'nofx validate --report',
  'nofx doctor',
  'nofx whoami',
].map((line) => ({
  who: 'reader',
  sites: line === 'nofx doctor' ? ['src/core/doctor.ts: nofx whoami'] : [],
  shown: async (person) => (await person.type(line)).text,
  every: true,
  put: { '<release>': 'x' },
}))

/** Every answer of the list of definitions is something else. */
function lie({ proxy }: World, change: (body: unknown) => unknown): void {
  proxy.begin(({ call, body }) => (/heads|list/.test(call) ? change(body) : body))
}

/** A server of something else. */
async function teapot(): Promise<string> {
  const server = createServer((_request, answer) => answer.writeHead(418).end('{"message": "I am a teapot"}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const OWNER: HostedHint[] = [
  {
    who: 'owner',
    sites: ['src/cloud/hosted/examine-database.ts: nofx doctor --setup'],
    shown: async (person, { project }) => {
      await project.database.query("update storage.buckets set public = true where id = 'registry'")
      return (await person.type('nofx doctor')).text
    },
    // The project of this test has no Vault, which is said after everything else was set up.
    says: /no Vault/,
    after: async (person) => expect((await person.type('nofx doctor')).text).toMatch(/ok {2}bucket/),
  },
  {
    who: 'owner',
    sites: ['src/contract/protocol/events-secrets.ts: nofx webhooks add <url> --deployment'],
    shown: () => hintOf((async () => eventsSecrets({ NOFX_EVENTS_SECRET: 'short' }))()),
    put: { '<url>': 'https://hooks.example.com/deployment' },
  },
  {
    who: 'publisher',
    sites: ['src/cloud/registry/ask.ts: nofx --version'],
    shown: (person, world) => {
      lie(world, () => [{ kind: 7 }])
      person.sets({ NOFX_TOKEN: tokenOf(person, world), SUPABASE_URL: world.proxy.url })
      return person.fails('nofx registry list')
    },
  },
  {
    who: 'publisher',
    sites: ['src/cloud/registry/remote-failure.ts: nofx doctor'],
    shown: async (person, world) => {
      person.sets({ NOFX_TOKEN: tokenOf(person, world), SUPABASE_URL: await teapot() })
      return person.fails('nofx registry list')
    },
    says: /failed {2}registry: .*teapot/,
  },
]

export const HOSTED_HINTS: HostedHint[] = [...SIGN_IN, ...READERS, ...OWNER]

export const PASSWORDS = { NOFX_EMAIL: ADA, NOFX_PASSWORD: PASSWORD }
