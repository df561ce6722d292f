import * as z from 'zod'

/** The `kind` of the row in `registry_policies` that applies to every kind. */
const EVERY_KIND = '*'

/** An id that the CI platform never gives twice; a name can be given up and taken by another owner. */
const platformId = z.string().regex(/^\d{1,20}$/)

const entryShape = z.strictObject({
  issuer: z.string().refine(isTrustworthy),
  audience: z.string().min(1),
  repository: z.string().min(1),
  refs: z.array(z.string().min(1)),
  events: z.array(z.string().min(1)),
  /** Ids of the repository and of its owner. When left out: the ids in the first token that is used. */
  repositoryId: platformId.optional(),
  ownerId: platformId.optional(),
  /**
   * The workflow file that defines the job, such as `.github/workflows/registry.yml`: a file of the repository that was
   * started directly. With `owner/repo/` in front: a reusable workflow, called by any workflow. With `@ref` at the end:
   * only the file at that ref.
   */
  workflow: z.string().min(1).optional(),
  /** The deployment environment that the job must run in; its reviewers and branch rules then apply to the job. */
  environment: z.string().min(1).optional(),
  /** Whether these jobs may write previews, and nothing else; without it they may not write previews. */
  previews: z.boolean().optional(),
  /** Names that only previews of this repository may have: whole, or the start of a name with `*`. */
  previewNames: z
    .array(z.string().regex(/^[a-z0-9-]{1,40}\*?$/))
    .min(1)
    .optional(),
})

/** CI jobs that may publish a kind. All texts are compared exactly; only a ref may end in `/*`. */
export interface IdentityPolicy extends z.infer<typeof entryShape> {
  kind: string
}

/** Ids of a repository and of its owner, from a token or from the registry. */
export interface RepositoryIds {
  repositoryId?: string | undefined
  ownerId?: string | undefined
}

/** The claims of an identity token about its job. */
export interface Job extends RepositoryIds {
  issuer: string
  audience: string
  repository: string
  ref: string
  event: string
  /**
   * The commit that the job runs for; for a pull request, the merge
   * that the platform made. Without it every commit is refused.
   */
  sha?: string | undefined
  /** The branch of a pull request. */
  headRef?: string | undefined
  /** `owner/repo/path@ref` of the workflow that started the job, and of the one that the job is written in. */
  workflowRef?: string | undefined
  jobWorkflowRef?: string | undefined
  environment?: string | undefined
}

/** Reads the rows of `registry_policies`. An entry of another shape allows no job. */
export function identityPolicies(rows: readonly { kind: string; identities: unknown }[]): IdentityPolicy[] {
  return rows.flatMap(({ kind, identities }) =>
    (Array.isArray(identities) ? identities : []).flatMap((entry: unknown) => {
      const data = identityEntry(entry)
      return data ? [{ ...data, kind }] : []
    }),
  )
}

/** An entry of `identities`; undefined for one of another shape, which allows no job. */
export function identityEntry(entry: unknown): z.infer<typeof entryShape> | undefined {
  return entryShape.safeParse(entry).data
}

/** The fields that limit an entry to one repository, whatever its name, and to one of its jobs; each is optional. */
const NARROWING = ['repositoryId', 'ownerId', 'workflow', 'environment'] as const

/** The fields that an entry leaves out although they would limit the jobs that it allows. */
export function looseFields(entry: z.infer<typeof entryShape>): string[] {
  return NARROWING.filter((field) => entry[field] === undefined)
}

/**
 * The kinds that a job may publish, and those that it may write
 * into previews; an empty list means none, undefined every kind.
 */
export interface JobKinds {
  kinds: string[] | undefined
  previewKinds: string[] | undefined
}

/** @param ids the ids in the first used token of this repository */
export function kindsFor(job: Job, policies: readonly IdentityPolicy[], ids: RepositoryIds = {}): JobKinds {
  const fitting = policies.filter((policy) => allows(policy, job) && hasIds(policy, job, ids))
  return {
    kinds: collectKinds(fitting.filter((policy) => !policy.previews)),
    previewKinds: collectKinds(fitting.filter((policy) => policy.previews)),
  }
}

function collectKinds(policies: readonly IdentityPolicy[]): string[] | undefined {
  const kinds = policies.map((policy) => policy.kind)
  return kinds.includes(EVERY_KIND) ? undefined : [...new Set(kinds)]
}

function allows(policy: IdentityPolicy, job: Job): boolean {
  return (
    policy.issuer === job.issuer &&
    policy.audience === job.audience &&
    policy.repository === job.repository &&
    policy.events.includes(job.event) &&
    policy.refs.some((ref) =>
      ref.endsWith('/*') ? job.ref.startsWith(ref.slice(0, -1)) : job.ref === ref,
    ) &&
    (policy.environment === undefined || policy.environment === job.environment) &&
    (policy.workflow === undefined || isWrittenIn(policy.workflow, job))
  )
}

/** The ids of an entry take precedence over those of the first token. A token without an id matches no known id. */
function hasIds(policy: IdentityPolicy, job: Job, ids: RepositoryIds): boolean {
  const { repositoryId = ids.repositoryId, ownerId = ids.ownerId } = policy
  return (
    (repositoryId === undefined || repositoryId === job.repositoryId) &&
    (ownerId === undefined || ownerId === job.ownerId)
  )
}

/**
 * A job of a reusable workflow is defined in that workflow; a job
 * of another caller matches only by the workflow's full name.
 */
function isWrittenIn(workflow: string, { repository, workflowRef, jobWorkflowRef }: Job): boolean {
  const own = workflow.startsWith('.github/')
  const workflowPath = own ? `${repository}/${workflow}` : workflow
  const isIt = (ref: string | undefined) =>
    ref !== undefined && (ref === workflowPath || ref.startsWith(`${workflowPath}@`))
  return own ? isIt(workflowRef) && isIt(jobWorkflowRef ?? workflowRef) : isIt(jobWorkflowRef)
}

/** Keys must be read over https; an issuer on this machine has no certificate. */
export function isTrustworthy(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  )
}
