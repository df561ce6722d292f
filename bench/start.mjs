import { pair } from './measure.mjs'

/** Start-up: against an empty Node process, and validate of one agent against --version. */
export function measure({ project, bin }) {
  const cwd = project(1)
  const nothing = { args: ['-e', '0'], cwd }
  const version = { args: [bin, '--version'], cwd }
  return [
    ['--version', version, nothing, 'node -e 0', 4.5],
    ['--help', { args: [bin, '--help'], cwd }, nothing, 'node -e 0', 4.5],
    ['validate, 1 agent', { args: [bin, 'validate'], cwd }, version, '--version', 1.25],
  ].map(([what, a, b, name, goal]) => {
    const { ratio, ...rest } = pair(a, b, 11)
    return { what, measured: `${ratio.toFixed(2)} × ${name}`, goal: `<= ${goal}`, ...rest }
  })
}
