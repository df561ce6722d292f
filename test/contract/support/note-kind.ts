import * as z from 'zod'
import { defineKind } from '../../../src/contract/kind.ts'

interface Note {
  noteId: string
  body?: string
}

/** A minimal kind whose ids are looser than the core's, so that the core's rules are tested without its help. */
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
