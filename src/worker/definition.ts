import * as z from 'zod'
import { digestOf, sha256 } from '../core/contract/digest.ts'
import { ASSETS } from '../core/contract/source.ts'

/** States in which a definition can be run; a draft only by those who ask for drafts. */
export type LiveState = 'active' | 'deprecated' | 'draft'

/** What the registry says of a definition now. */
export type Head =
  | { state: LiveState; version: number; digest: string }
  | { state: 'removed' | 'disabled' | 'not-found' }

export const revisionShape = z.object({
  kind: z.string(),
  id: z.string(),
  version: z.int().positive(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** As it was published: what became of the definition since then is its head's to tell. */
  state: z.enum(['active', 'deprecated', 'draft', 'disabled']),
  manifest: z.record(z.string(), z.unknown()),
  texts: z.record(z.string(), z.string()),
  files: z.array(
    z.object({
      path: z.string(),
      size: z.int().min(0),
      sha256: z.string(),
      executable: z.literal(true).optional(),
    }),
  ),
})

/** One version of a definition with all its texts. What is in `assets/` is named in `files` and not here. */
export type Revision = z.infer<typeof revisionShape>

const encoder = new TextEncoder()

/** What is wrong with a revision, wherever it came from: its texts must be those that its digest stands for. */
export function problemOf({ kind, id, digest, texts, files }: Revision): string | undefined {
  if (digestOf(kind, id, files) !== digest) return 'its files do not make its digest'
  const listed = new Map(files.map((file) => [file.path, file]))
  for (const [path, text] of Object.entries(texts)) {
    const file = listed.get(path)
    if (file?.size !== encoder.encode(text).length || file.sha256 !== sha256(text))
      return `${path} is not the text that was published`
  }
  const missing = files.find(({ path }) => !path.startsWith(ASSETS) && !Object.hasOwn(texts, path))
  return missing && `${missing.path} is missing`
}
