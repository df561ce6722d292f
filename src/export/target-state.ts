import { sha256 } from '../contract/digest.ts'
import type { ExportPlan, FileState, PlannedFile } from './export-plan.ts'
import type { ExportRecord } from './export-record.ts'
import { readTarget } from './target-file.ts'

/** A file of the target as an export wants it. */
export interface TargetContent {
  path: string
  sha256: string
  executable: boolean
}

/** The part of a target that an export depends on. */
export interface TargetState {
  files: readonly TargetContent[]
  /** Paths that a format asked for, and that no file was at. */
  absent: readonly string[]
}

const AS_WANTED: readonly FileState[] = ['written', 'updated', 'unchanged']

/** Whether an export would leave the target and its record as they are. */
export function changesNothing(record: ExportRecord, { files, forgotten }: ExportPlan): boolean {
  const isSame = files.every(({ state, recorded, path }) => {
    const same = JSON.stringify(record.get(path)) === JSON.stringify(recorded)
    return (state === 'unchanged' || state === 'left') && same
  })
  return isSame && forgotten.length === 0
}

/**
 * The target after an export; undefined if another one would find something to report.
 * @param askedPaths paths of the target that the format asked for
 */
export function describeTarget(
  to: string,
  planned: readonly PlannedFile[],
  askedPaths: ReadonlySet<string>,
): TargetState | undefined {
  const files = planned.flatMap(({ path, state, after, executable }) =>
    after && AS_WANTED.includes(state) ? [{ path, sha256: sha256(after), executable }] : [],
  )
  const paths = new Set(files.map(({ path }) => path))
  const absent = [...askedPaths].filter((path) => !paths.has(path))
  const isWhole =
    files.length === planned.length && absent.every((path) => readTarget(to, path).state === 'absent')
  return isWhole ? { files, absent } : undefined
}

/** Whether a file is as the export wants it. */
export function isAsWanted(to: string, { path, sha256: hash, executable }: TargetContent): boolean {
  const target = readTarget(to, path)
  return target.state === 'file' && sha256(target.bytes) === hash && (!executable || target.executable)
}
