import { denied, type Refusal } from '../http/refusal.ts'
import type { IdentityPolicy, Job } from './identity-policy.ts'

/** The preview names that a repository's jobs may use. A pattern is a name, or the start of one with `*`. */
export interface NameRights {
  own: readonly string[]
  /** Patterns of other repositories; a longer pattern takes precedence over a shorter one. */
  others: readonly string[]
}

/**
 * The names that `identities` gives to a job's repository and to others: those in `previewNames`, and for each
 * repository the names that begin with its own, such as `octo-agents-pr-7`. A repository without `previewNames` may use
 * every name that does not belong to another repository.
 */
export function nameRights(job: Job, policies: readonly IdentityPolicy[]): NameRights {
  const writers = policies.filter(({ previews }) => previews)
  const isOwn = ({ issuer, repository }: IdentityPolicy) =>
    issuer === job.issuer && repository === job.repository
  const mine = writers.filter(isOwn)
  const theirs = writers.filter((policy) => !isOwn(policy))
  const allowedNames = mine.flatMap(({ previewNames = [] }) => previewNames)
  const all = allowedNames.length === 0 ? ['*'] : []
  const own = [namesAfter(job.repository), ...allowedNames, ...all]
  const others = theirs
    .flatMap(({ repository, previewNames = [] }) => [namesAfter(repository), ...previewNames])
    .filter((pattern) => !own.includes(pattern))
  return { own, others }
}

/** @throws Refusal 403 for a name that belongs to another repository, or does not belong to this one */
export function requireName(rights: NameRights | undefined, name: string): void {
  if (!rights) return
  const { own, others } = rights
  const [mine, theirs] = [longestFit(own, name), longestFit(others, name)]
  if (theirs > mine || mine < 0) throw notOwn(name, own, theirs > mine)
}

/** The length of the longest pattern that a name matches; -1 when it matches none. */
function longestFit(patterns: readonly string[], name: string): number {
  const fitting = patterns.filter((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  )
  return Math.max(-1, ...fitting.map(({ length }) => length))
}

function notOwn(name: string, own: readonly string[], isTaken: boolean): Refusal {
  const what = `the preview name ${name.slice(0, 60)}`
  return denied(
    403,
    `${what} ${isTaken ? 'belongs to another repository' : "is not one of this repository's names"}`,
    `take a name such as ${own.join(' or ')}; "previewNames" in registry_policies gives a repository more`,
  )
}

/** `octo/agents` → `octo-agents-*` */
function namesAfter(repository: string): string {
  return `${repository.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-*`
}
