/** Variables that turn the search for a newer version off, whatever their value. */
const OFF = ['NOFX_NO_UPDATE_CHECK', 'NO_UPDATE_NOTIFIER'] as const

/** Variables of CI systems that do not set `CI`. */
const CI_SYSTEMS = [
  'CONTINUOUS_INTEGRATION',
  'TF_BUILD',
  'TEAMCITY_VERSION',
  'JENKINS_URL',
  'CODEBUILD_BUILD_ID',
]

/** The variable that turns the search for a newer version off, if one does. */
export function turnedOffBy(env: NodeJS.ProcessEnv): string | undefined {
  return OFF.find((name) => env[name])
}

/** Whether a person is there who can do something about a newer version. */
export function mayAnnounce(env: NodeJS.ProcessEnv, stream: { isTTY?: boolean }): boolean {
  return stream.isTTY === true && turnedOffBy(env) === undefined && !isCi(env)
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  const { CI } = env
  return (CI !== undefined && !['', '0', 'false'].includes(CI)) || CI_SYSTEMS.some((name) => env[name])
}
