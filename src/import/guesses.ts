import type { Guess } from './sources/format.ts'

/** Without an owner a definition can only be a draft. */
export function guessDraft(owner: string | undefined): Guess[] {
  return owner === undefined
    ? [{ field: 'status', what: 'draft', why: 'the owner is unknown: add --owner', needs: true }]
    : []
}

/** Fields of front matter that were read as plain text. */
export function guessLoose(fields: readonly string[]): Guess[] {
  const why = 'not valid YAML, so it was read as plain text'
  return fields.map((field) => ({ field, what: 'the whole line', why }))
}

/** Why an id is made of Punycode. */
export const NO_LATIN =
  'neither name nor file has two Latin letters or digits: choose an id with --id <file>=<id>'
