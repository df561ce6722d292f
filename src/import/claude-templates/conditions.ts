import type { Draft, DraftNote } from './draft.ts'
import { findPhase } from './outputs.ts'
import type { Parameters } from './parameters.ts'
import type { Placed } from './placed.ts'

/** "If `--no-push` flag is set, skip Step 8": a step that a flag leaves out. */
const SKIP =
  /\bif `(--[\w-]+)`(?: flag)?(?: is)? (?:set|given|present|specified),? skip (?:(this phase|this step)|(to phase)|(step|phase) (\d[\d.]*[a-z]?))/gi
/** Other words for a step that does not always run. */
const SOMETIMES = /\bskip this step\b|^only if\b|\bonly launch\b/im
const OPTIONAL = /\((?:if applicable|optional)\b/i

/** When steps run: `when` by step id where a flag decides, and the steps for which something else does. */
export interface Conditions {
  when: ReadonlyMap<string, string>
  sometimes: ReadonlySet<string>
  notes: DraftNote[]
}

/** Reads under which conditions the text skips steps. Only flags that are true or false can decide. */
export function readConditions(drafts: readonly Draft[], { flags, schema }: Parameters): Conditions {
  const when = new Map<string, string>()
  const properties = (schema?.properties ?? {}) as Record<string, { type?: unknown } | undefined>
  for (const place of collectPlaces(drafts))
    for (const [, flag = '', here, , word, number] of place.text.matchAll(SKIP)) {
      const name = flags.get(flag)
      if (name === undefined || properties[name]?.type !== 'boolean') continue
      for (const draft of drafts)
        if (isMeant(draft, place, here, word, number)) when.set(draft.id, `!{{parameters.${name}}}`)
    }
  const sometimes = new Set(drafts.filter(isSometimes).map(({ id }) => id))
  const notes = drafts
    .filter(({ id }) => sometimes.has(id))
    .map(({ name }) => ({
      field: 'defaultPlan.steps.when',
      what: name,
      why: 'the source skips it sometimes, and no flag decides when: it always runs',
    }))
  return { when, sometimes, notes }
}

/** The sections of steps and those around them, each once. */
function collectPlaces(drafts: readonly Draft[]): Set<Placed> {
  return new Set(drafts.flatMap(({ place }) => [...place.parents, place]))
}

function isMeant(
  draft: Draft,
  place: Placed,
  here: string | undefined,
  word: string | undefined,
  number: string | undefined,
): boolean {
  // "skip to Phase 3" and "skip this phase" leave out what stands below the same heading.
  if (word === undefined && (here === undefined || /phase/i.test(here)))
    return draft.place === place || draft.place.parents.includes(place)
  if (word === undefined) return draft.place === place
  return /phase/i.test(word)
    ? findPhase(draft) === number
    : draft.place.numbering?.word === 'step' && draft.place.numbering.number === number?.toLowerCase()
}

function isSometimes({ place, consolidates }: Draft): boolean {
  const around = place.parents.at(-1)?.text ?? ''
  return !consolidates && (OPTIONAL.test(place.section.title) || SOMETIMES.test(`${place.text}\n${around}`))
}
