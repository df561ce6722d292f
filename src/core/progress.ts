/** The stages of the pipeline, in order. */
export type Stage =
  | 'collect'
  | 'validate'
  | 'bundle'
  | 'plan'
  | 'upload'
  | 'sync'
  | 'report'
  | 'rows'
  | 'bundles'

/** A step of the work, for progress displays. `total` is 0 while it is unknown. */
export interface StageEvent {
  stage: Stage
  state: 'started' | 'advanced' | 'done'
  done: number
  total: number
}

/** What every stage gets besides its input: where to report progress, and when to stop. */
export interface StageWatch {
  emit(event: StageEvent): void
  /** Aborted on Ctrl-C; stages check it between two steps and throw its reason. */
  signal: AbortSignal
}

/** Definitions that a stage handles between two calls of `pause`. */
export const BETWEEN_PAUSES = 32

/** Lets the event loop handle Ctrl-C and the registry's answers; throws the signal's reason if the run was stopped. */
export async function pause({ signal }: StageWatch): Promise<void> {
  await new Promise(setImmediate)
  signal.throwIfAborted()
}

/** A watch that shows nothing and is never aborted. */
export const SILENT: StageWatch = { emit: () => {}, signal: new AbortController().signal }
