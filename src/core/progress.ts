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
export interface Watch {
  emit(event: StageEvent): void
  /** Aborted on Ctrl-C; stages check it between two steps and throw its reason. */
  signal: AbortSignal
}

/** A watch that shows nothing and is never aborted. */
export const SILENT: Watch = { emit: () => {}, signal: new AbortController().signal }
