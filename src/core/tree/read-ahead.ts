import { BETWEEN_PAUSES, pause, type StageWatch } from '../progress.ts'
import type { DefinitionFolder } from './collect.ts'
import type { WorkingTree } from './tree.ts'

/**
 * Gives folders one by one, and fetches the next batch from git while one batch is handled. Between two batches the
 * event loop handles Ctrl-C and answers.
 * @param wants asked just before a batch is fetched; folders that it does not want are left out
 */
export async function* readAhead(
  tree: WorkingTree,
  folders: Iterable<DefinitionFolder>,
  watch: StageWatch,
  wants: (folder: DefinitionFolder) => boolean = () => true,
): AsyncGenerator<DefinitionFolder> {
  const waiting = folders[Symbol.iterator]()
  const fetchBatch = () => {
    const batch: DefinitionFolder[] = []
    while (batch.length < BETWEEN_PAUSES) {
      const { value, done } = waiting.next()
      if (done) break
      if (wants(value)) batch.push(value)
    }
    const ready = tree.files?.prepare?.(batch)
    ready?.catch(() => {})
    return { batch, ready }
  }
  for (let next = fetchBatch(); next.batch.length > 0; ) {
    const { batch, ready } = next
    await Promise.all([ready, pause(watch)])
    next = fetchBatch()
    yield* batch
  }
}
