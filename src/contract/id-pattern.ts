/** Lower-case words joined by single hyphens, except the names that Windows reserves for devices. */
export const ID_PATTERN = /^(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
