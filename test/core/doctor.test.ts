import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Failure } from '../../src/contract/failure.ts'
import { type DoctorInput, examine } from '../../src/core/doctor.ts'
import type { IdentityEntry, Registry } from '../../src/core/registry/registry.ts'
import { makeRepository } from './git/support/repository.ts'
import { publishedFrom, registryOf, releaseOf } from './support/registry.ts'
import { agentFiles, treeOn } from './support/tree.ts'

const base = makeRepository()
afterAll(() => base.remove())

const withIdentities = (identities: IdentityEntry[] = []) =>
  registryOf({}, { identities: async () => identities })

/** The checks of one name, with whatever else a test wants to be different. */
async function checks(name: string, more: Partial<DoctorInput> = {}) {
  const input: DoctorInput = {
    tree: treeOn(agentFiles('a')),
    env: {},
    nodeVersion: 'v22.0.0',
    ownVersion: { name: 'nofx', state: 'ok', detail: '0.1.0' },
    openRegistry: async () => withIdentities(),
    exists: true,
    ...more,
  }
  return (await examine(input)).filter((check) => check.name === name)
}

describe('the version of Node.js', () => {
  test.each(['v20.19.0', 'v20.20.1', 'v21.0.0', 'v22.1.0', 'v24.0.0-nightly'])(
    '%s will do',
    async (nodeVersion) => {
      expect(await checks('node', { nodeVersion })).toEqual([
        { name: 'node', state: 'ok', detail: nodeVersion },
      ])
    },
  )

  test.each(['v20.18.3', 'v18.20.0', 'v9.0.0'])(
    '%s is too old, and the fix names the oldest that will do',
    async (nodeVersion) => {
      const fix = 'install Node.js 20.19 or newer'
      expect(await checks('node', { nodeVersion })).toEqual([
        { name: 'node', state: 'failed', detail: nodeVersion, fix },
      ])
    },
  )
})

describe('the definitions', () => {
  test.each([
    ['1 agent', ['a']],
    ['2 agents', ['a', 'b']],
  ])('are counted by kind: %s', async (counted, ids) => {
    const tree = treeOn(...ids.map((id) => agentFiles(id)))
    expect(await checks('definitions', { tree })).toEqual([
      { name: 'definitions', state: 'ok', detail: `${counted} in packages/shared` },
    ])
  })

  test.each([
    ['does not exist', treeOn.bind(null, { 'README.md': 'x' })],
    ['is empty', treeOn.bind(null, { 'packages/shared/README.md': 'x' })],
  ])('are missing where the folder %s, with the command that makes the first', async (what, make) => {
    expect(await checks('definitions', { tree: make() })).toEqual([
      {
        name: 'definitions',
        state: 'warning',
        detail: `packages/shared ${what}`,
        fix: 'nofx new agent <id>, or: nofx import claude <folder>',
      },
    ])
  })

  test('that cannot be read fail with the advice of the failure', async () => {
    const tree = treeOn({ 'packages/shared/agents': 'a file' })
    expect(await checks('definitions', { tree })).toEqual([
      {
        name: 'definitions',
        state: 'failed',
        detail: `${join(tree.root, 'agents')} cannot be read (ENOTDIR)`,
        fix: 'check that it is a folder and that you may read it',
        code: 'INPUT_UNREADABLE',
      },
    ])
  })
})

describe('git', () => {
  test('has a commit with its height', async () => {
    const detail = `${base.git('rev-parse', 'HEAD').slice(0, 12)}, rank 1 in its history`
    expect(await checks('git', { tree: base.tree() })).toEqual([{ name: 'git', state: 'ok', detail }])
  })

  test('warns of changes that a publish would refuse', async () => {
    const made = base.copy().write({ 'packages/shared/agents/one/new.md': 'x' })
    expect(await checks('git', { tree: made.tree() })).toMatchObject([
      {
        state: 'warning',
        detail: expect.stringMatching(/, with uncommitted changes in the definitions$/),
        fix: 'see and commit them: git status, or publish with --allow-dirty',
      },
    ])
    made.remove()
  })

  test('warns outside of a repository, with the command that makes one', async () => {
    expect(await checks('git')).toEqual([
      {
        name: 'git',
        state: 'warning',
        detail: expect.stringMatching(/^\/.* is not in a git repository \(git: fatal: not a git repository/),
        fix: 'git init && git add -A && git commit',
        code: 'GIT_FAILED',
      },
    ])
  })
})

describe('a folder without a registry', () => {
  test('gets no registry from a check', async () => {
    let opened = 0
    const openRegistry = async () => {
      opened++
      return withIdentities()
    }
    expect(await checks('registry', { exists: false, openRegistry })).toEqual([
      {
        name: 'registry',
        state: 'skipped',
        detail: 'this folder has no registry yet; the first publish makes one in .nofx/',
      },
    ])
    expect(opened).toBe(0)
  })
})

describe('the target', () => {
  const SECRET = 'sb_secret_0123456789'
  test.each<[NodeJS.ProcessEnv, RegExp]>([
    [{}, /^embedded cloud in \.nofx\//],
    [
      { NOFX_DATABASE_URL: `postgres://u:${SECRET}@db` },
      /^embedded cloud on the PostgreSQL of NOFX_DATABASE_URL$/,
    ],
    [
      { SUPABASE_URL: 'https://x.co', SUPABASE_SECRET_KEY: SECRET },
      /^hosted: https:\/\/x\.co \(SUPABASE_SECRET_KEY is set\)$/,
    ],
    [{ SUPABASE_URL: 'https://x.co' }, /^hosted: https:\/\/x\.co \(see: nofx whoami\)$/],
    [
      {
        SUPABASE_URL: 'https://x.co',
        ACTIONS_ID_TOKEN_REQUEST_URL: 'https://t',
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: SECRET,
      },
      /^hosted: https:\/\/x\.co \(as the CI job that this is\)$/,
    ],
  ])('of the environment %o is named without any secret', async (env, detail) => {
    const [target] = await checks('target', { env })
    expect(target).toEqual({ name: 'target', state: 'ok', detail: expect.stringMatching(detail) })
    expect(JSON.stringify(target)).not.toContain(SECRET)
  })
})

describe('the registry', () => {
  test('is counted, with its last release', async () => {
    const holdings = { ...publishedFrom(treeOn(agentFiles('one'))), releases: [releaseOf('r1')] }
    const openRegistry = async () => registryOf(holdings, { identities: async () => [] })
    expect(await checks('registry', { openRegistry })).toEqual([
      {
        name: 'registry',
        state: 'ok',
        detail: 'the registry: 1 definition, last release r1 at 2026-01-01T00:00:00.000Z',
      },
    ])
    expect(await checks('registry')).toMatchObject([
      { detail: 'the registry: 0 definitions, nothing published yet' },
    ])
  })

  test('that cannot be opened fails with its advice, and the other checks are made all the same', async () => {
    const openRegistry = () => Promise.reject(new Failure('CONFIG', 'no key', 'set SUPABASE_SECRET_KEY'))
    expect(await checks('registry', { openRegistry })).toEqual([
      { name: 'registry', state: 'failed', detail: 'no key', fix: 'set SUPABASE_SECRET_KEY', code: 'CONFIG' },
    ])
    expect(await checks('node', { openRegistry })).toHaveLength(1)
  })

  test.each([
    ['nofx doctor', { check: 'check the key' }, 'check the key'],
    ['set the key, then: nofx doctor', { check: 'set the key' }, 'set the key'],
    ['start the server', {}, 'start the server'],
  ])('never advises the command that prints the advice: %s', async (hint, options, fix) => {
    const openRegistry = () => Promise.reject(new Failure('REMOTE_FAILED', 'no answer', hint, options))
    expect(await checks('registry', { openRegistry })).toMatchObject([{ fix }])
  })
})

describe('the identities that may publish', () => {
  const entry = (more: Partial<IdentityEntry> = {}): IdentityEntry => ({
    kind: 'agents',
    index: 0,
    repository: 'acme/shop',
    ...more,
  })
  const found = (entries: IdentityEntry[], env: NodeJS.ProcessEnv = {}) =>
    checks('identities', { env, openRegistry: async () => withIdentities(entries) })
  const place = 'registry_policies: docs/deploy.md, "Who may publish"'

  test('are fine when every entry binds its jobs', async () => {
    expect(await found([])).toEqual([])
    expect(await found([entry()])).toEqual([
      { name: 'identities', state: 'ok', detail: '1 entry binds its jobs' },
    ])
    expect(await found([entry(), entry({ index: 1 })])).toMatchObject([
      { detail: '2 entries bind their jobs' },
    ])
  })

  test('are named with the fields that they leave open', async () => {
    expect(await found([entry(), entry({ index: 1, missing: ['ref', 'workflow'] })])).toEqual([
      {
        name: 'identities',
        state: 'warning',
        detail: 'entry 2 of "identities" for the kind agents trusts acme/shop without "ref", "workflow"',
        fix: `add "ref", "workflow" to the entry in ${place}`,
      },
    ])
  })

  test('are named when they allow no job', async () => {
    expect(await found([entry({ repository: undefined })])).toMatchObject([
      {
        state: 'warning',
        detail: 'entry 1 of "identities" for the kind agents is not valid, so it allows no job',
        fix: `correct the entry in ${place}`,
      },
    ])
  })

  test('are not asked for by a CI job, which may not read them', async () => {
    expect(await found([entry()], { SUPABASE_URL: 'https://x.co' })).toEqual([])
    expect(await found([entry()], { SUPABASE_URL: 'https://x.co', SUPABASE_SECRET_KEY: 'k' })).toHaveLength(1)
  })

  test('that cannot be read are a warning beside a registry that answers', async () => {
    const registry = registryOf({}, {
      identities: () => Promise.reject(new Error('no')),
    } as Partial<Registry>)
    const openRegistry = async () => registry
    expect(await checks('identities', { openRegistry })).toEqual([
      { name: 'identities', state: 'warning', detail: 'no' },
    ])
    expect(await checks('registry', { openRegistry })).toMatchObject([{ state: 'ok' }])
  })
})
