// A kind, as its author writes it, without the members that a kind may leave out.
import { type Definition, defineKind, type Kind } from 'nofx/kind'

interface Note {
  noteId: string
  title: string
}

/** What a schema of zod 4 is to nofx. */
declare const schema: Kind<Note>['schema']

const titleOf = ({ manifest }: Definition<Note>): string => manifest.title

export const notes: Kind = defineKind<Note>({
  id: 'notes',
  singular: 'note',
  manifestFile: 'note.json',
  idField: 'noteId',
  schema,
  limits: { manifestBytes: 65_536, textBytes: 65_536, assetBytes: 1_048_576, files: 20, depth: 8 },
  rules: { NOTE_SHOUTS: { severity: 'warning', summary: 'A title is not all capitals.' } },
  check: () => [],
  describe: (item) => ({
    name: titleOf(item),
    summary: '',
    status: 'active',
    tags: [],
    provides: [],
    facts: {},
  }),
  references: () => [],
})
