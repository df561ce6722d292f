/** The host that serves archives to a client, in a network without any other: a name, and an address that is not private. */
export const HOST = 'plugins.example.com'
export const ADDRESS = '93.184.216.34'
