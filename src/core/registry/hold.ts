/** Content of a definition that a publish does not make live again. */
export interface Hold {
  digest: string
  /** The newest version that had the content when it was rolled back. */
  version: number
  /** Why it was rolled back; null if no reason was given. */
  reason: string | null
  /** Who rolled it back. */
  by: string
  /** ISO 8601. */
  since: string
  /** The texts are deleted: no publish can make the content live again, not even with `unhold`. */
  withdrawn?: true
}

/** The hold on a content, if it is held. */
export function findHold(head: { hold: readonly Hold[] } | undefined, digest: string): Hold | undefined {
  return head?.hold.find((hold) => hold.digest === digest)
}

/** Which version had the content, and why it is held. */
export function describeHold({ version, reason, by, withdrawn }: Hold): string {
  const why = reason ? `: ${reason.replaceAll(/\s+/g, ' ')}` : ''
  return `this content was ${withdrawn ? 'withdrawn' : 'rolled back'} as version ${version} by ${by}${why}`
}

/** The hint for held content. */
export function hintOnHold({ withdrawn }: { withdrawn?: true }): string {
  return withdrawn
    ? 'publish other content: withdrawn content stays withdrawn, also with --unhold'
    : 'publish corrected content, or this one on purpose with --unhold'
}
