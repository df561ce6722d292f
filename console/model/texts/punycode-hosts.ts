/** The longest name of a host that is looked for; a longer one is none. */
const LONGEST = 300
const ABROAD = /[^\0-\x7f]/
const IN_ADDRESS = /\b[a-z][a-z\d+.-]{0,20}:\/\/([^\s/?#"'<>\\]{1,300})/gi
const WHOLE = /^(?:[^\s/.:@]+\.)+[^\s/.:@]+(?::\d+)?$/

/**
 * The hosts of a text whose letters are not all ASCII, as the network writes them: a Cyrillic `а` looks like a Latin one.
 * They are looked for in addresses, and in a text that is a host and nothing else.
 */
export function hostsInPunycode(text: string): string[] {
  if (!ABROAD.test(text)) return []
  const names = [...text.matchAll(IN_ADDRESS)].map(([, name = '']) => name.replace(/^.*@/, ''))
  if (text.length <= LONGEST && WHOLE.test(text)) names.push(text)
  const hosts = names.flatMap((name) => {
    const address = `https://${name}`
    return ABROAD.test(name) && URL.canParse(address) ? [new URL(address).host] : []
  })
  return [...new Set(hosts)]
}
