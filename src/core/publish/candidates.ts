import type { Diagnostic } from '../../contract/diagnostic.ts'
import type { Description } from '../../contract/kind.ts'
import { byName, type Covers, type Named, nameOf } from '../../contract/name.ts'
import type { Watch } from '../progress.ts'
import type { Head, Registry } from '../registry/registry.ts'
import { bundleOf } from '../tree/bundle.ts'
import type { Tree } from '../tree/tree.ts'
import { digestTree } from '../tree/tree-digests.ts'
import { type ValidateOptions, validate } from '../validate/validate.ts'
import { type Candidate, isSame } from './plan.ts'

/** What a publish compares, and what checking it found. */
export interface Collected {
  candidates: Candidate[]
  diagnostics: Diagnostic[]
  heads: Head[]
}

/**
 * Hashes what `covers` names while the registry answers with its heads, checks what differs, and takes along what that
 * requires of others and the registry does not have, as far as the tree has it.
 * @param options `draft`: everything is to be a draft, which may require what is not live
 * @throws Failure INPUT_UNREADABLE, REMOTE_…
 */
export async function collectCandidates(
  tree: Tree,
  registry: Pick<Registry, 'heads'>,
  covers: Covers,
  watch: Watch,
  { draft }: { draft?: boolean } = {},
): Promise<Collected> {
  // Who awaits it hears of its failure.
  const asked = Promise.all(tree.kinds.map((kind) => registry.heads(kind.id)))
  asked.catch(() => {})
  const digests = await digestTree(tree, covers, watch)
  const heads = (await asked).flat()
  const { options, candidates, takeNeeded } = collecting(heads, digests, covers)
  const diagnostics: Diagnostic[] = []
  for (let round: Covers = covers; ; ) {
    const validated = await validate(tree, { ...options, drafts: draft, selects: round }, watch)
    diagnostics.push(...validated.diagnostics)
    const needed = takeNeeded()
    if (needed.size === 0) return { candidates, diagnostics, heads }
    round = (one) => needed.has(nameOf(one))
  }
}

function collecting(heads: readonly Head[], digests: ReadonlyMap<string, string>, covers: Covers) {
  const published = byName(heads)
  const known = (one: Named) => descriptionOf(published.get(nameOf(one)))
  const isElsewhere: Covers = (one) => !covers(one) && known(one) === 'missing'
  const candidates: Candidate[] = []
  /** What comes along, and which definition requires it. */
  const along = new Map<string, string>()
  let needed = new Map<string, string>()

  const takeUnchanged: ValidateOptions['published'] = (one) => {
    const head = published.get(nameOf(one))
    const digest = digests.get(nameOf(one))
    if (!head || !digest || !isSame(head, { digest })) return undefined
    // Only its manifest says whether it is still to be one.
    if (head.draftVersion !== null) return undefined
    candidates.push({ kind: one.kind, id: one.id, digest, description: head.metadata })
    return head
  }
  const onValid: ValidateOptions['onValid'] = ({ source, folder }, definition, references) => {
    const { kind, id } = folder
    const name = nameOf({ kind: kind.id, id })
    const { digest } = bundleOf(source, folder)
    const neededBy = along.get(name)
    const because = neededBy === undefined ? {} : { neededBy }
    candidates.push({ kind: kind.id, id, digest, description: kind.describe(definition), ...because })
    for (const one of references)
      if (one.relation === 'requires' && isElsewhere(one)) needed.set(nameOf(one), name)
  }
  const takeNeeded = () => {
    const fresh = new Map([...needed].filter(([name]) => !along.has(name)))
    for (const [name, by] of fresh) along.set(name, by)
    needed = new Map()
    return fresh
  }
  const counts: Covers = (one) => covers(one) || isElsewhere(one)
  const ask = async (kind: string, id: string) => known({ kind, id })
  const options = { counts, known: ask, published: takeUnchanged, onValid }
  return { options, candidates, takeNeeded }
}

/** A draft may be one against its manifest's word. */
function descriptionOf(head: Head | undefined): Description | 'missing' {
  if (!head || head.state === 'removed') return 'missing'
  return head.state === 'draft' ? { ...head.metadata, status: 'draft' } : head.metadata
}
