import { existsSync } from 'node:fs'
import { Failure, type FailureCode } from '../contract/failure.ts'
import { requireGitPlace } from './git/git-place.ts'
import { mainKind } from './main-kind.ts'
import type { IdentityEntry, Registry } from './registry/registry.ts'
import { findHead } from './tree/publish-source.ts'
import { findFolders, type WorkingTree } from './tree/tree.ts'

/**
 * The result of one check. `fix` is the command, or the one action, that fixes a check that is not `ok`. A check is
 * `skipped` if its subject cannot be seen from here, or does not exist yet.
 */
export interface DoctorCheck {
  name: string
  state: 'ok' | 'warning' | 'failed' | 'skipped'
  detail: string
  fix?: string
  /** The code of the failure that the check ran into. */
  code?: FailureCode
}

/** What `doctor` checks. It changes nothing and shows no value of a secret. */
export interface DoctorInput {
  tree: WorkingTree
  env: NodeJS.ProcessEnv
  nodeVersion: string
  /** The check of the running program's own version. */
  ownVersion: DoctorCheck
  openRegistry: () => Promise<Registry>
  /** Whether the project has an embedded registry, or the environment names another. */
  exists: boolean
  /** Whether the credential reads no more than what is public. */
  anonymous?: boolean
  /** The checks of a hosted project's parts. */
  parts?: () => Promise<DoctorCheck[]>
}

/** The oldest supported version of Node.js. */
const OLDEST_NODE = [20, 19] as const

const NOTHING_YET: DoctorCheck = {
  name: 'registry',
  state: 'skipped',
  detail: 'this folder has no registry yet; the first publish makes one in .nofx/',
}

/** Checks everything that a publish needs. Each check is independent: a failed check hides no other. */
export async function examine(input: DoctorInput): Promise<DoctorCheck[]> {
  return [
    input.ownVersion,
    checkNode(input.nodeVersion),
    checkDefinitions(input.tree),
    await checkGit(input),
    checkTarget(input.env),
    ...(input.exists ? await checkRegistry(input) : [NOTHING_YET]),
    ...((await input.parts?.()) ?? []),
  ]
}

function checkNode(version: string): DoctorCheck {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const old = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
  const check: DoctorCheck = { name: 'node', state: old ? 'failed' : 'ok', detail: version }
  return old ? { ...check, fix: `install Node.js ${OLDEST_NODE.join('.')} or newer` } : check
}

function checkDefinitions(tree: WorkingTree): DoctorCheck {
  try {
    return countDefinitions(tree)
  } catch (error) {
    return { name: 'definitions', state: 'failed', ...asDetail(error) }
  }
}

function countDefinitions(tree: WorkingTree): DoctorCheck {
  const counts = tree.kinds.map((kind) => ({ kind, amount: findFolders(tree, kind).length }))
  const detail = counts
    .map(({ kind, amount }) => `${amount} ${amount === 1 ? kind.singular : kind.id}`)
    .join(', ')
  if (counts.some(({ amount }) => amount > 0))
    return { name: 'definitions', state: 'ok', detail: `${detail} in ${tree.shownPath}` }
  const missing = existsSync(tree.root) ? 'is empty' : 'does not exist'
  const fix = `nofx new ${mainKind(tree.kinds)?.singular ?? 'agent'} <id>, or: nofx import claude <folder>`
  return { name: 'definitions', state: 'warning', detail: `${tree.shownPath} ${missing}`, fix }
}

async function checkGit({ tree }: DoctorInput): Promise<DoctorCheck> {
  try {
    await requireGitPlace(tree.root)
    const { commit } = await findHead(tree)
    if (!commit)
      throw new Failure('NO_COMMIT', 'the git repository has no commit', 'git add -A && git commit')
    const dirty = commit.dirty ? ', with uncommitted changes in the definitions' : ''
    return {
      name: 'git',
      state: commit.dirty ? 'warning' : 'ok',
      detail: `${commit.sha.slice(0, 12)}, rank ${commit.rank} in its history${dirty}`,
      ...(commit.dirty ? { fix: 'see and commit them: git status, or publish with --allow-dirty' } : {}),
    }
  } catch (error) {
    return { name: 'git', state: 'warning', ...asDetail(error) }
  }
}

function checkTarget(env: NodeJS.ProcessEnv): DoctorCheck {
  const detail = env.SUPABASE_URL
    ? `hosted: ${env.SUPABASE_URL} (${describeCredential(env)})`
    : env.NOFX_DATABASE_URL
      ? 'embedded cloud on the PostgreSQL of NOFX_DATABASE_URL'
      : 'embedded cloud in .nofx/ (set SUPABASE_URL for a hosted one)'
  return { name: 'target', state: 'ok', detail }
}

/** The credential that commands use, in their order. */
function describeCredential(env: NodeJS.ProcessEnv): string {
  if (env.NOFX_TOKEN) return 'NOFX_TOKEN is set'
  if (env.SUPABASE_SECRET_KEY) return 'SUPABASE_SECRET_KEY is set'
  const vouched = env.ACTIONS_ID_TOKEN_REQUEST_URL && env.ACTIONS_ID_TOKEN_REQUEST_TOKEN
  return vouched ? 'as the CI job that this is' : 'see: nofx whoami'
}

async function newestRelease(registry: Registry): Promise<string> {
  const [last] = await registry.releases(1)
  return last ? `, last release ${last.id} at ${last.createdAt}` : ', nothing published yet'
}

async function checkRegistry({ tree, anonymous, env, openRegistry }: DoctorInput): Promise<DoctorCheck[]> {
  try {
    const registry = await openRegistry()
    const heads = await registry.heads(...tree.kinds.map((kind) => kind.id))
    const newest = anonymous ? ' that are public' : await newestRelease(registry)
    const size = heads.length === 1 ? '1 definition' : `${heads.length} definitions`
    const detail = `${registry.label}: ${size}${newest}`
    // Only the owner reads which identities the registry trusts.
    const mayRead = !env.SUPABASE_URL || (env.SUPABASE_SECRET_KEY && !env.NOFX_TOKEN)
    return [{ name: 'registry', state: 'ok', detail }, ...(mayRead ? await checkIdentities(registry) : [])]
  } catch (error) {
    return [{ name: 'registry', state: 'failed', ...asDetail(error) }]
  }
}

/** Which CI jobs may publish: a warning for each entry that allows more jobs than necessary, or no jobs at all. */
async function checkIdentities(registry: Registry): Promise<DoctorCheck[]> {
  try {
    const entries = await registry.identities()
    const loose = entries.flatMap(identityWarning)
    if (entries.length === 0 || loose.length > 0) return loose
    return [{ name: 'identities', state: 'ok', detail: counted(entries.length) }]
  } catch (error) {
    return [{ name: 'identities', state: 'warning', ...asDetail(error) }]
  }
}

const counted = (amount: number) =>
  amount === 1 ? '1 entry binds its jobs' : `${amount} entries bind their jobs`

function identityWarning({ kind, index, repository, missing = [] }: IdentityEntry): DoctorCheck[] {
  const warning = { name: 'identities', state: 'warning' } as const
  const place = `entry ${index + 1} of "identities" for the kind ${kind}`
  if (repository === undefined) {
    const detail = `${place} is not valid, so it allows no job`
    return [
      {
        ...warning,
        detail,
        fix: 'correct the entry in registry_policies: docs/deploy.md, "Who may publish"',
      },
    ]
  }
  if (missing.length === 0) return []
  const fields = missing.map((field) => `"${field}"`).join(', ')
  const detail = `${place} trusts ${repository} without ${fields}`
  return [
    {
      ...warning,
      detail,
      fix: `add ${fields} to the entry in registry_policies: docs/deploy.md, "Who may publish"`,
    },
  ]
}

/** What stopped a check. Only failures have a useful hint; a bug is shown with its message. */
function asDetail(error: unknown): Pick<DoctorCheck, 'detail' | 'fix' | 'code'> {
  const { message } = error as Error
  if (!(error instanceof Failure)) return { detail: message }
  const { code, hint, check } = error
  return { detail: message, fix: check ?? hint, code }
}
