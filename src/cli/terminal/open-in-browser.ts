import { spawn } from 'node:child_process'

/** The program that opens an address, by platform; it gets the address as one argument, and no shell reads it. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
}

/** Opens an address in the person's browser; false where that is not possible. */
export function openInBrowser(address: string): Promise<boolean> {
  const [program, ...args] = OPENERS[process.platform] ?? []
  // Over SSH the browser would be on another machine.
  if (program === undefined || process.env.SSH_CONNECTION) return Promise.resolve(false)
  return new Promise((resolve) => {
    const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    // A browser in a terminal would not end before the person does.
    child.once('spawn', () => resolve(true))
    child.unref()
  })
}
