import * as z from 'zod'

/** The row of `registry_policies` that holds for every kind. */
const EVERY_KIND = '*'

/** An id that the CI platform gives once; names can be given away and taken. */
const platformId = z.string().regex(/^\d{1,20}$/)

const entryShape = z.strictObject({
  issuer: z.string().refine(isTrustworthy),
  audience: z.string().min(1),
  repository: z.string().min(1),
  refs: z.array(z.string().min(1)),
  events: z.array(z.string().min(1)),
  /** Ids of the repository and of its owner. Left out: those of the first token that is used. */
  repositoryId: platformId.optional(),
  ownerId: platformId.optional(),
  /**
   * The workflow file that the job must be written in, such as `.github/workflows/registry.yml`: of the repository and
   * started by itself. With `owner/repo/` in front: a reusable workflow, whichever workflow calls it. With `@ref` at the
   * end: only as it is there.
   */
  workflow: z.string().min(1).optional(),
  /** The deployment environment that the job must run in; its reviewers and branch rules then hold for it. */
  environment: z.string().min(1).optional(),
  /** These jobs may write previews, and nothing else; without it they may write no preview. */
  previews: z.boolean().optional(),
  /** Names that previews of this repository have, and of no other: whole, or the start of one with `*`. */
  previewNames: z
    .array(z.string().regex(/^[a-z0-9-]{1,40}\*?$/))
    .min(1)
    .optional(),
})

/** CI jobs that may publish a kind: all its texts are compared exactly, only a ref may end in `/*`. */
export interface IdentityPolicy extends z.infer<typeof entryShape> {
  kind: string
}

/** Ids of a repository and of its owner, as a token or the registry knows them. */
export interface RepositoryIds {
  repositoryId?: string | undefined
  ownerId?: string | undefined
}

/** What an identity token says of the job that it was made for. */
export interface Job extends RepositoryIds {
  issuer: string
  audience: string
  repository: string
  ref: string
  event: string
  /** The commit that the job runs for; of a pull request the merge that the platform made. Without it no commit counts. */
  sha?: string | undefined
  /** The branch of a pull request. */
  headRef?: string | undefined
  /** `owner/repo/path@ref` of the workflow that started the job, and of the one that the job is written in. */
  workflowRef?: string | undefined
  jobWorkflowRef?: string | undefined
  environment?: string | undefined
}

/** Reads the rows of `registry_policies`. An entry of another shape allows nobody. */
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

/** What narrows an entry to one repository for ever and to one job of it; each may be left out. */
const NARROWING = ['repositoryId', 'ownerId', 'workflow', 'environment'] as const

/** The fields that an entry leaves out although they would narrow the jobs that it allows. */
export function looseFields(entry: z.infer<typeof entryShape>): string[] {
  return NARROWING.filter((field) => entry[field] === undefined)
}

/** The kinds that a job may publish, and those that it may write into previews: none, some, or undefined for every one. */
export interface JobKinds {
  kinds: string[] | undefined
  previewKinds: string[] | undefined
}

/** @param known the ids that the first used token of this repository had */
export function kindsFor(job: Job, policies: readonly IdentityPolicy[], known: RepositoryIds = {}): JobKinds {
  const fitting = policies.filter((policy) => allows(policy, job) && hasIds(policy, job, known))
  return {
    kinds: kindsOf(fitting.filter((policy) => !policy.previews)),
    previewKinds: kindsOf(fitting.filter((policy) => policy.previews)),
  }
}

function kindsOf(policies: readonly IdentityPolicy[]): string[] | undefined {
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

/** What an entry says of an id goes before what the first token had. A token without an id fits no known one. */
function hasIds(policy: IdentityPolicy, job: Job, known: RepositoryIds): boolean {
  const { repositoryId = known.repositoryId, ownerId = known.ownerId } = policy
  return (
    (repositoryId === undefined || repositoryId === job.repositoryId) &&
    (ownerId === undefined || ownerId === job.ownerId)
  )
}

/** A job of a reusable workflow is written in that one, and only by its name do jobs of other callers count. */
function isWrittenIn(workflow: string, { repository, workflowRef, jobWorkflowRef }: Job): boolean {
  const own = workflow.startsWith('.github/')
  const wanted = own ? `${repository}/${workflow}` : workflow
  const isIt = (ref: string | undefined) =>
    ref !== undefined && (ref === wanted || ref.startsWith(`${wanted}@`))
  return own ? isIt(workflowRef) && isIt(jobWorkflowRef ?? workflowRef) : isIt(jobWorkflowRef)
}

/** Keys must come over https; an issuer on this machine has no certificate. */
export function isTrustworthy(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  )
}
