/** Addresses of this machine: elsewhere a token would travel in the clear. */
const OWN = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * The address that opens the console signed in. The code is in the fragment, which no server and no log sees.
 * @param url where `nofx dev` serves
 */
export function signInLink(url: string, code: string | undefined): string | undefined {
  const link = new URL('/console/', url)
  if (code === undefined || !OWN.test(link.hostname)) return undefined
  link.hash = `code=${code}`
  return link.href
}
