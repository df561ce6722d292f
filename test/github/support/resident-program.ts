import { once } from 'node:events'
import { createServer } from 'node:net'
import { type Command, runResident } from '../../harness/resident-cli.ts'

/**
 * Runs the commands of installed programs (see `programOf`) in processes that have run others: a workflow is not about
 * the start of nofx.
 * @param path the socket
 * @returns ends it
 */
export async function servePrograms(path: string): Promise<() => Promise<unknown>> {
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    let command = ''
    socket.setEncoding('utf8').on('data', (part) => {
      command += part
    })
    try {
      await once(socket, 'end')
      socket.end(JSON.stringify(await runResident(JSON.parse(command) as Command)))
    } catch (error) {
      socket.destroy(error as Error)
    }
  })
  server.listen(path)
  await once(server, 'listening')
  return async () => {
    server.close()
    await once(server, 'close')
  }
}

/** The text of a program that runs its command there. */
export const programOf = (path: string): string => `
const { connect } = require('node:net')
const { env } = process
const command = { args: process.argv.slice(2), cwd: process.cwd(), env }
const options = { path: ${JSON.stringify(path)}, allowHalfOpen: true }
const socket = connect(options, () => socket.end(JSON.stringify(command)))
let answer = ''
socket.setEncoding('utf8').on('data', (part) => { answer += part }).on('end', () => {
  const { exit, stdout, stderr } = JSON.parse(answer)
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = exit
})
`
