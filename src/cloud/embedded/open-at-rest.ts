import { findHeadsPlace, readKnownPlaces } from '../../core/registry/kept-heads.ts'
import { answerFromHeads } from '../../core/registry/merge-answer.ts'
import type { Head, Registry } from '../../core/registry/registry.ts'
import { answerFromNote, readNote } from './database/at-rest.ts'
import { locateDataFolder } from './database/data-folder.ts'
import { createLateRegistry } from './late-registry.ts'
import { MOST_IN_BATCH } from './storage/upload-in-batches.ts'

/** The registry in `.nofx/`, in messages. */
export const EMBEDDED_LABEL = 'embedded .nofx'

/**
 * The registry in the `.nofx/` of a project. While its database is at rest, what was answered about its heads before is
 * answered again without opening it. Every other call opens it. Undefined where no heads are kept.
 * @param open opens the same registry
 * @param build identifies this build of nofx, unless it is the one that runs
 */
export function openAtRest(
  root: string,
  open: () => Promise<Registry>,
  build?: string,
): Registry | undefined {
  const keep = findHeadsPlace(root, [EMBEDDED_LABEL], build)
  const folder = locateDataFolder(root)
  if (!keep) return undefined
  const late = createLateRegistry({ label: EMBEDDED_LABEL, uploadsAtOnce: MOST_IN_BATCH }, open)
  const askForHeads: Registry['askForHeads'] = async (...kinds) => {
    const note = readNote(folder, keep.build)
    const answer = note && answerFromNote(note, readKnownPlaces(keep, kinds))
    return answer ? answerFromHeads(keep, kinds, answer, readWith(late)) : late.askForHeads(...kinds)
  }
  return { ...late, askForHeads, heads: async (...kinds) => (await askForHeads(...kinds)).read() }
}

/** Reads all heads of some kinds where those that were kept do not add up. */
function readWith(registry: Registry) {
  return async (kinds: readonly string[]): Promise<Map<string, readonly Head[]>> => {
    const heads = await registry.heads(...kinds)
    return new Map(kinds.map((kind) => [kind, heads.filter((head) => head.kind === kind)]))
  }
}
