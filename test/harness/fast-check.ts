import fc from 'fast-check'

/**
 * Property tests try the same inputs in every run, so that a change fails only for what it changes.
 * `NOFX_SEED=random` tries other inputs, as the scheduled workflow does; a number repeats a failed run.
 */
const seed = process.env.NOFX_SEED || '20261129'
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) })

export default fc
