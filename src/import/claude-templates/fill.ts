import type { DraftNote } from './draft.ts'
import { unfilledIn } from './unfilled.ts'

/** What a prompt can be filled in with. */
export interface ArgumentFilling {
  positional: readonly string[]
  aliases: readonly string[]
  /** Whether the one argument stands for the whole text, which cannot be parted here. */
  isWhole?: boolean
  /** The output that holds a file, as far as a step before makes it. */
  file(path: string): OutputReference | undefined
  /** Outputs that hold the files of a pattern such as `.x/*.md`, in order, with their paths. */
  files(pattern: string): { path: string; reference: OutputReference }[]
  /** The answer of a step before: of `phase1`, or of its agent in `phase1.data-engineer`. */
  answer(phase: string, agent: string | undefined): OutputReference | undefined
}

export interface OutputReference {
  step: string
  output: string
}

export interface Filled {
  text: string
  /** Parameters and outputs that the text reads. */
  parameters: Set<string>
  references: OutputReference[]
  /** Outputs that the text means without saying where they go: given as inputs. */
  inputs: OutputReference[]
  notes: Omit<DraftNote, 'field'>[]
}

// Each alternative is tried at "[", "{" or "$" alone, and none looks further than its own line. After a backslash, and
// after one with a brace, a placeholder would be read as escaped: nothing is filled in there.
const READ =
  /(?<!\\\{?)\[(?:[Ii]nsert|[Ii]nclude)\b([^\]\n]{0,400})\]|(?<![\\{])\{phase\s?(\d{1,3})(?:\.([\w:.-]{1,100}))?\.output\}(?!\})|(?<!\\\{?)\$(?:ARGUMENTS\[(\d{1,3})\]|([A-Z][A-Z_]*)(?!\w)|([1-9])(?!\w|[.,]\d))/g

const CONTENTS =
  /^\s+(?:the\s+)?(?:full\s+|complete\s+)?contents\s+(?:of|from)\s+(all\s+)?`?([^\s`]+)`?(?:\s+files?)?(.*)$/i
const ALL_BEFORE = /\ball (?:previous|prior) (?:steps|phases)\b/i
/** Paths and patterns of files in running text. */
export const PATHS = /[\w.*-]{0,100}\/[\w./*-]{1,200}\.[A-Za-z0-9]{1,8}/g

/**
 * Makes placeholders of the values that a command's text reads. Braces of the source stay braces; an uncertain place
 * stays as it is written, and is noted.
 */
export function fill(source: string, filling: ArgumentFilling): Filled {
  const filled: Filled = { text: '', parameters: new Set(), references: [], inputs: [], notes: [] }
  const escaped = source.replace(/\{\{/g, '\\{{')
  filled.text = escaped.replace(READ, (placeholder, inserted, phase, agent, index, word, number) => {
    if (inserted !== undefined) return insert(filled, filling, placeholder, inserted)
    if (phase !== undefined) return answer(filled, filling, placeholder, phase, agent)
    if (index !== undefined) return indexed(filled, filling, placeholder, Number(index))
    return argument(filled, filling, placeholder, word, Number(number))
  })
  filled.notes.push(...unfilledIn(source))
  return filled
}

/** `$ARGUMENTS[0]` is the first argument. */
function indexed(
  filled: Filled,
  { positional, isWhole }: ArgumentFilling,
  placeholder: string,
  index: number,
): string {
  const name = isWhole ? undefined : positional[index]
  if (name === undefined) return unhinted(filled, placeholder)
  filled.parameters.add(name)
  return `{{parameters.${name}}}`
}

/** A place that no argument of the hint fills in stays as it is written. */
function unhinted(filled: Filled, placeholder: string): string {
  filled.notes.push({ what: placeholder, why: 'the source has no hint for an argument in this place' })
  return placeholder
}

/** `$1` is the first argument, `$ARGUMENTS` is all of them. */
function argument(
  filled: Filled,
  { positional, aliases }: ArgumentFilling,
  placeholder: string,
  word: string | undefined,
  number: number,
): string {
  const names = word === 'ARGUMENTS' ? positional : []
  const one = word === undefined ? positional[number - 1] : aliases.includes(word) ? positional[0] : undefined
  const read = one === undefined ? names : [one]
  if (word === undefined && one === undefined) return unhinted(filled, placeholder)
  for (const name of read) filled.parameters.add(name)
  return read.length === 0 ? placeholder : read.map((name) => `{{parameters.${name}}}`).join(' ')
}

function answer(
  filled: Filled,
  filling: ArgumentFilling,
  source: string,
  phase: string,
  agent?: string,
): string {
  const reference = filling.answer(phase, agent)
  if (!reference) {
    filled.notes.push({ what: source, why: 'it is not the answer of exactly one earlier step' })
    return source
  }
  return placeholder(filled, reference)
}

function insert(filled: Filled, filling: ArgumentFilling, source: string, inserted: string): string {
  const [, all, path = '', rest = ''] = CONTENTS.exec(inserted) ?? []
  if (path !== '' && (all !== undefined || path.includes('*'))) {
    const files = filling.files(path)
    if (files.length > 0)
      return files
        .map((one) => `${one.path}:\n${placeholder(filled, one.reference)}`)
        .join('\n\n')
        .concat(rest.trim() === '' ? '' : `\n\n${rest.trim()}`)
  }
  const reference = path === '' || path.includes('*') ? undefined : filling.file(path)
  if (reference) return `${placeholder(filled, reference)}${rest.trimEnd()}`
  const references = meantBy(inserted, filling)
  filled.inputs.push(...references)
  filled.references.push(...references)
  filled.notes.push({ what: source, why: reasonFor(inserted, references) })
  return source
}

/** Outputs that a text is about, which asks for a part or for a summary of them. */
function meantBy(inserted: string, filling: ArgumentFilling): OutputReference[] {
  if (ALL_BEFORE.test(inserted)) return filling.files('*/*').map(({ reference }) => reference)
  return (inserted.match(PATHS) ?? []).flatMap((one) =>
    one.includes('*') ? filling.files(one).map(({ reference }) => reference) : (filling.file(one) ?? []),
  )
}

function reasonFor(inserted: string, references: readonly OutputReference[]): string {
  if (references.length > 0) return 'it asks for a part of files that steps made: they are inputs'
  return /\bstate\.json\b/.test(inserted)
    ? 'it asks for the command’s own state: what is known of it are the parameters'
    : 'no step before makes what it asks for'
}

function placeholder(filled: Filled, reference: OutputReference): string {
  filled.references.push(reference)
  return `{{steps.${reference.step}.outputs.${reference.output}}}`
}
