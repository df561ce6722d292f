import { findHeadsPlace, readKnownPlaces } from '../../core/registry/kept-heads.ts'
import { addUp, answerFromHeads } from '../../core/registry/merge-answer.ts'
import type { AskedKind, Head, HeadsAnswer, HeadsApart, Registry } from '../../core/registry/registry.ts'
import { answerFromNote, readNote, sumsFromNote } from './database/at-rest.ts'
import { locateDataFolder } from './database/data-folder.ts'
import { createLateRegistry } from './late-registry.ts'
import { MOST_IN_BATCH } from './storage/upload-in-batches.ts'

/** The registry in `.nofx/`, in messages. */
export const EMBEDDED_LABEL = 'embedded .nofx'

/** The digits of the groups of a tree that is small: its files are read sooner than a database is opened. */
const DIGITS_OF_SMALL = 1

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
  const heads: Registry['heads'] = async (...kinds) => (await askForHeads(...kinds)).read()
  const headsApart: Registry['headsApart'] = async (kinds) => {
    const names = kinds.map(({ kind }) => kind)
    const note = readNote(folder, keep.build)
    const sums = note && sumsFromNote(note, names)
    if (kinds.every(isSumAlone) && sums) return { sum: addUp(keep, sums), kinds: kinds.map(leaveOut) }
    const isInNote = note && answerFromNote(note, readKnownPlaces(keep, names))
    if (!isInNote && !kinds.every(isSmall)) return late.headsApart(kinds)
    return readApartFrom(await askForHeads(...names), kinds)
  }
  return { ...late, askForHeads, headsApart, heads }
}

/** Reads all heads of some kinds where those that were kept do not add up. */
function readWith(registry: Registry) {
  return async (kinds: readonly string[]): Promise<Map<string, readonly Head[]>> => {
    const heads = await registry.heads(...kinds)
    return new Map(kinds.map((kind) => [kind, heads.filter((head) => head.kind === kind)]))
  }
}

const isSumAlone = ({ buckets }: AskedKind) => buckets === undefined
const isSmall = ({ digits }: AskedKind) => digits !== undefined && digits <= DIGITS_OF_SMALL

function leaveOut({ kind }: AskedKind): HeadsApart['kinds'][number] {
  return { kind, apart: new Set(), trees: new Map(), heads: undefined }
}

/** All heads, of which no tree is known: as a registry answers that knows none. */
async function readApartFrom({ sum, read }: HeadsAnswer, kinds: readonly AskedKind[]): Promise<HeadsApart> {
  const all = await read()
  const toKind = ({ kind, buckets = {} }: AskedKind) => {
    const heads = all.filter((head) => head.kind === kind)
    return { kind, apart: new Set(Object.keys(buckets)), trees: new Map(), heads }
  }
  return { sum, kinds: kinds.map(toKind) }
}
