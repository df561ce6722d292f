import { pair } from './measure.mjs'

/** All rules over many agents, against reading and parsing the same files. */
export function measure({ project, bin, floor }) {
  return [
    [1_000, 3.0],
    [10_000, 2.2],
  ].map(([count, goal]) => {
    const cwd = project(count)
    const { ratio, ...rest } = pair(
      { args: [bin, 'validate'], cwd },
      { args: [floor, 'packages/shared'], cwd },
    )
    return {
      what: `validate, ${count} agents`,
      measured: `${ratio.toFixed(2)} × floor`,
      goal: `<= ${goal}, 300 MB`,
      ...rest,
    }
  })
}
