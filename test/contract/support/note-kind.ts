import * as z from 'zod'
import { defineKind } from '../../../src/contract/kind.ts'

interface Note {
  noteId: string
  body?: string
}

/** The smallest kind there can be, with a looser id than the core's: the core's rules have to hold without its help. */
export const notes = defineKind<Note>({
  id: 'notes',
  singular: 'note',
  manifestFile: 'note.json',
  idField: 'noteId',
  schema: z.strictObject({ noteId: z.string(), body: z.string().optional(), page: z.string().optional() }),
  limits: { manifestBytes: 1000, textBytes: 2000, assetBytes: 100, files: 5, depth: 8 },
  rules: {},
  check: () => [],
  promptsOf: ({ manifest }) => (manifest.body === undefined ? [] : [manifest.body]),
  filesOf: () => [],
  describe: ({ id }) => ({ name: id, summary: '', status: 'active', tags: [], provides: [], facts: {} }),
  risks: () => [],
  references: () => [],
  scaffold: (id) => ({ 'note.json': JSON.stringify({ noteId: id }) }),
})
