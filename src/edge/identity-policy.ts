import * as z from 'zod'

/** The row of `registry_policies` that holds for every kind. */
const EVERY_KIND = '*'

const entryShape = z.strictObject({
  issuer: z.string().refine(isTrustworthy),
  audience: z.string().min(1),
  repository: z.string().min(1),
  refs: z.array(z.string().min(1)),
  events: z.array(z.string().min(1)),
  /** These jobs may write previews, and nothing else; without it they may write no preview. */
  previews: z.boolean().optional(),
})

/** CI jobs that may publish a kind: all its texts are compared exactly, only a ref may end in `/*`. */
export interface IdentityPolicy extends z.infer<typeof entryShape> {
  kind: string
}

/** What an identity token says of the job that it was made for. */
export interface Job {
  issuer: string
  audience: string
  repository: string
  ref: string
  event: string
}

/** Reads the rows of `registry_policies`. An entry of another shape allows nobody. */
export function identityPolicies(rows: readonly { kind: string; identities: unknown }[]): IdentityPolicy[] {
  return rows.flatMap(({ kind, identities }) =>
    (Array.isArray(identities) ? identities : []).flatMap((entry: unknown) => {
      const { data } = entryShape.safeParse(entry)
      return data ? [{ ...data, kind }] : []
    }),
  )
}

/** The kinds that a job may publish, and those that it may write into previews: none, some, or undefined for every one. */
export interface JobKinds {
  kinds: string[] | undefined
  previewKinds: string[] | undefined
}

export function kindsFor(job: Job, policies: readonly IdentityPolicy[]): JobKinds {
  const fitting = policies.filter((policy) => allows(policy, job))
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
    policy.refs.some((ref) => (ref.endsWith('/*') ? job.ref.startsWith(ref.slice(0, -1)) : job.ref === ref))
  )
}

/** Keys must come over https; an issuer on this machine has no certificate. */
export function isTrustworthy(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  )
}
