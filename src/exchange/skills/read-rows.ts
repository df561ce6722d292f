import type { FieldRow } from '../contract/format.ts'

const row = (field: string, outcome: FieldRow['outcome'], reason: string): FieldRow => ({
  field: `SKILL.md: ${field}`,
  outcome,
  reason,
})

/** What an import does with the fields of a skill, which are the same for every program. */
export const SKILL_READ_ROWS: readonly FieldRow[] = [
  row('name', 'mapped', 'name; a name that is not an id becomes one'),
  row('description', 'mapped', 'description, up to 1024 characters; the rest is kept'),
  row('license', 'mapped', 'license'),
  row('compatibility', 'mapped', 'compatibility'),
  row('metadata', 'mapped', 'metadata, values as they are written; a value that is not text is kept'),
  row('allowed-tools', 'mapped', 'allowed-tools; a list becomes a text'),
  row('version', 'mapped', 'metadata.nofx-version, if it is an exact version; kept otherwise'),
  row('text', 'mapped', 'the text below the front matter, byte for byte'),
  row('other files', 'mapped', 'the files of the folder; those that are not text lie below assets/'),
  row('*', 'kept', 'metadata.nofx-import, or a file that it names; an export to Claude gives it back'),
]
