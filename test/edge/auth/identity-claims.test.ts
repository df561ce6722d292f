import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthenticate } from '../../../src/edge/auth/authenticate.ts'
import {
  type IdentityPolicy,
  identityEntry,
  type RepositoryIds,
} from '../../../src/edge/auth/identity-policy.ts'
import { requireOwnCommit } from '../../../src/edge/auth/own-commit.ts'
import { nameRights, requireName } from '../../../src/edge/auth/preview-names.ts'
import { Refusal } from '../../../src/edge/http/refusal.ts'
import { AUDIENCE, type IdentityProvider, JOB, serveIdentityProvider } from '../support/identity-provider.ts'

let provider: IdentityProvider
beforeAll(async () => {
  provider = await serveIdentityProvider()
})
afterAll(() => provider?.close())

const WORKFLOW = '.github/workflows/registry.yml'
const SHA = JOB.sha
const OTHER_SHA = 'f'.repeat(40)

/** An entry with every field that limits jobs. */
const strict = (): IdentityPolicy => ({
  kind: '*',
  issuer: provider.issuer,
  audience: AUDIENCE,
  repository: JOB.repository,
  refs: [JOB.ref],
  events: [JOB.event_name],
  repositoryId: JOB.repository_id,
  ownerId: JOB.repository_owner_id,
  workflow: WORKFLOW,
  environment: 'production',
})

/** The status of the verdict on a job that claims to publish `SHA` of main: 200 when it may. */
async function verdict(claims: object, policy: IdentityPolicy, known?: RepositoryIds): Promise<number> {
  const pin = known && (async () => known)
  const authenticate = createAuthenticate({
    secretKeys: [],
    identity: { policies: async () => [policy], pin, fetch },
  })
  const token = await provider.sign({ environment: 'production', ...claims })
  const request = new Request('http://functions.test/', { headers: { authorization: `Bearer ${token}` } })
  try {
    const principal = await authenticate(request)
    if (principal) requireOwnCommit(principal, { sha: SHA, ref: 'main' }, true)
    return principal ? 200 : 401
  } catch (error) {
    if (error instanceof Refusal) return error.status
    throw error
  }
}

describe('each claim of a token by itself', () => {
  test('an entry allows the job that it describes', async () => {
    expect(await verdict({}, strict())).toBe(200)
  })

  const job = (path: string) => `${JOB.repository}/${path}@${JOB.ref}`
  test.each<[claim: string, value: unknown, status: number]>([
    ['iss', 'https://elsewhere.example.com', 401],
    ['aud', 'https://other.example.com', 401],
    ['aud', [AUDIENCE, 'https://other.example.com'], 401],
    ['jti', undefined, 401],
    ['exp', 1, 401],
    ['repository', 'octo/other', 403],
    ['ref', 'refs/heads/other', 403],
    ['event_name', 'pull_request', 403],
    ['sha', OTHER_SHA, 403],
    ['sha', undefined, 403],
    ['sha', 'zzz', 401],
    ['repository_id', '1002', 403],
    ['repository_id', undefined, 403],
    ['repository_owner_id', '78', 403],
    ['repository_owner_id', undefined, 403],
    ['workflow_ref', job('.github/workflows/lint.yml'), 403],
    ['workflow_ref', job(`${WORKFLOW}.yml`), 403],
    ['workflow_ref', `evil/agents/${WORKFLOW}@${JOB.ref}`, 403],
    ['workflow_ref', undefined, 403],
    ['job_workflow_ref', 'octo/shared/.github/workflows/build.yml@refs/heads/main', 403],
    ['environment', 'staging', 403],
    ['environment', '', 403],
    ['environment', undefined, 403],
    // docs/deploy.md lists the claims that are ignored
    ['run_id', '7', 200],
    ['actor', 'somebody', 200],
    ['sub', 'repo:other/other:ref:refs/heads/x', 200],
    ['runner_environment', 'self-hosted', 200],
    ['repository_visibility', 'public', 200],
  ])('the claim %s = %j is answered with %s', async (claim, value, status) => {
    const change = { [claim]: value }
    expect(await verdict(change, strict())).toBe(status)
  })

  test.each<[claim: string, value: unknown, field: keyof IdentityPolicy]>([
    ['repository_id', '1002', 'repositoryId'],
    ['repository_owner_id', '78', 'ownerId'],
    ['workflow_ref', job('.github/workflows/lint.yml'), 'workflow'],
    ['environment', undefined, 'environment'],
  ])('the claim %s = %j is accepted by an entry without %s', async (claim, value, field) => {
    const { [field]: _, ...rest } = strict()
    expect(await verdict({ [claim]: value }, rest as IdentityPolicy)).toBe(200)
  })
})

describe('the ids that the first token had', () => {
  const { repositoryId, ownerId } = { repositoryId: JOB.repository_id, ownerId: JOB.repository_owner_id }
  const loose = () => ({ ...strict(), repositoryId: undefined, ownerId: undefined })
  test.each<[what: string, known: RepositoryIds, claims: object, status: number]>([
    ['are those of this one', { repositoryId, ownerId }, {}, 200],
    ['are of another repository of this name', { repositoryId: '1', ownerId }, {}, 403],
    ['are of another owner of this name', { repositoryId, ownerId: '1' }, {}, 403],
    ['are missing in this one', { repositoryId, ownerId }, { repository_id: undefined }, 403],
    ['are not known yet', {}, {}, 200],
  ])('the ids of the first token %s', async (_what, known, claims, status) => {
    expect(await verdict(claims, loose(), known)).toBe(status)
  })

  test('the ids in an entry take precedence over those of the first token', async () => {
    expect(await verdict({}, strict(), { repositoryId: '1', ownerId: '1' })).toBe(200)
  })
})

test.each<[workflow: string, claims: object, status: number]>([
  [`${WORKFLOW}@refs/heads/main`, {}, 200],
  [`${WORKFLOW}@refs/heads/other`, {}, 403],
  ['octo/shared/.github/workflows/publish.yml', {}, 403],
  [
    'octo/shared/.github/workflows/publish.yml',
    { job_workflow_ref: 'octo/shared/.github/workflows/publish.yml@refs/tags/v1' },
    200,
  ],
  [
    'octo/shared/.github/workflows/publish.yml@refs/tags/v1',
    { job_workflow_ref: 'octo/shared/.github/workflows/publish.yml@refs/heads/x' },
    403,
  ],
])('an entry for the workflow %s with %j is answered with %s', async (workflow, claims, status) => {
  expect(await verdict(claims, { ...strict(), workflow })).toBe(status)
})

test('an entry of another shape allows no job', () => {
  const { kind: _, ...good } = strict()
  expect(identityEntry(good)).toEqual(good)
  for (const broken of [
    { repositoryId: 1001 },
    { ownerId: 'octo' },
    { workflow: '' },
    { environment: '' },
    { environments: 'production' },
    { previewNames: [] },
    { previewNames: ['*x'] },
  ])
    expect(identityEntry({ ...good, ...broken })).toBeUndefined()
})

describe('the commit that a job names', () => {
  const job = {
    issuer: '',
    audience: '',
    repository: 'octo/agents',
    ref: 'refs/heads/main',
    event: 'push',
    sha: SHA,
  }
  const pull = { ...job, ref: 'refs/pull/7/merge', event: 'pull_request', headRef: 'topic' }
  const branch = { ...job, ref: 'refs/heads/a/b' }
  test.each<[what: string, by: typeof job | undefined, claimed: object, ordered: boolean, fits: boolean]>([
    ['its own', job, { sha: SHA, ref: 'main' }, true, true],
    ['its own, whole ref', job, { sha: SHA, ref: 'refs/heads/main' }, true, true],
    ['its own, no ref', job, { sha: SHA }, true, true],
    ['another', job, { sha: OTHER_SHA }, true, false],
    ['another in a preview', job, { sha: OTHER_SHA }, false, false],
    ['no commit', job, { sha: 'uncommitted' }, true, false],
    ['the start of its own', job, { sha: SHA.slice(0, 39) }, true, false],
    ['another ref', job, { sha: SHA, ref: 'release' }, true, false],
    ['a part of its ref', branch, { sha: SHA, ref: 'b' }, true, false],
    ['a pull request, its branch in a preview', pull, { sha: OTHER_SHA, ref: 'topic' }, false, true],
    ['a pull request, another branch', pull, { sha: SHA, ref: 'main' }, false, false],
    ['a pull request, another commit in production', pull, { sha: OTHER_SHA, ref: 'topic' }, true, false],
    ['a person', undefined, { sha: OTHER_SHA, ref: 'x' }, true, true],
  ])('%s', (_what, by, claimed, ordered, fits) => {
    const check = () => requireOwnCommit({ via: by ? 'identity' : 'secret', job: by }, claimed, ordered)
    if (fits) expect(check).not.toThrow()
    else expect(check).toThrow(expect.objectContaining({ status: 403 }))
  })
})

describe('the preview names of a repository', () => {
  const writer = (repository: string, previewNames?: string[]): IdentityPolicy => {
    const { repositoryId: _, ownerId: __, workflow: ___, environment: ____, ...entry } = strict()
    return { ...entry, repository, previews: true, ...(previewNames ? { previewNames } : {}) }
  }
  const takes = (repository: string, name: string, policies: IdentityPolicy[]) => {
    const job = { issuer: provider.issuer, audience: '', repository, ref: '', event: '' }
    try {
      requireName(nameRights(job, policies), name)
      return true
    } catch {
      return false
    }
  }
  const [a, b, ab] = ['octo/agents', 'octo/Other', 'octo/agents-x']
  test.each<[name: string, policies: () => IdentityPolicy[], ofA: boolean, ofB: boolean]>([
    ['pr-77', () => [writer(a), writer(b)], true, true],
    ['octo-agentsx', () => [writer(a), writer(b)], true, true],
    ['pr-77', () => [writer(a, ['pr-*']), writer(b)], true, false],
    ['pr-77', () => [writer(a), writer(b, ['pr-*'])], false, true],
    ['octo-agents-pr-7', () => [writer(a), writer(b, ['pr-*'])], true, false],
    ['octo-other-pr-7', () => [writer(a), writer(b)], false, true],
    ['demo', () => [writer(a, ['demo', 'pr-*']), writer(b)], true, false],
    ['demo-2', () => [writer(a, ['demo', 'pr-*']), writer(b)], false, true],
    ['octo-agents-x-pr-7', () => [writer(a), writer(ab), writer(b)], false, false],
    ['pr-7', () => [writer(a, ['pr-*']), writer(b, ['pr-*'])], true, true],
  ])(
    'the preview name %s belongs to the repository that the policies give it to',
    (name, policies, ofA, ofB) => {
      expect([takes(a, name, policies()), takes(b, name, policies())]).toEqual([ofA, ofB])
    },
  )

  test('the preview names of a repository with a longer name are its own', () => {
    expect(takes(ab, 'octo-agents-x-pr-7', [writer(a), writer(ab)])).toBe(true)
  })
})
