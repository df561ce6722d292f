import { pair } from './measure.mjs'

/** Start-up compared with an empty Node process. */
export function measure({ project, bin }) {
  const cwd = project(1)
  const nothing = { args: ['-e', '0'], cwd }
  const version = { args: [bin, '--version'], cwd }
  const validate = { args: [bin, 'validate'], cwd }
  const file = { args: [bin, 'validate', 'packages/shared/agents/bench-agent-00000/agent.json'], cwd }
  const tab = { args: [bin, 'completion', 'bash', '--', 'validate', 'agents/'], cwd }
  return [
    ['--version', version, nothing, 'node -e 0', 2.2],
    ['--help', { args: [bin, '--help'], cwd }, nothing, 'node -e 0', 2.2],
    ['completion at a TAB', tab, nothing, 'node -e 0', 2.2],
    ['validate of a file', file, nothing, 'node -e 0', 2.2],
    ['validate, 1 agent', validate, nothing, 'node -e 0', 5.6],
  ].map(([what, a, b, name, goal]) => {
    const { ratio, ...rest } = pair(a, b, 11)
    return { what, measured: `${ratio.toFixed(2)} × ${name}`, goal: `<= ${goal}`, ...rest }
  })
}
