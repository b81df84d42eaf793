import { BaseCommand } from '../src/cli/base-command.js'

export default class Version extends BaseCommand {
  static override summary = 'print the version, as --version does'

  static override examples = ['<%= config.bin %> <%= command.id %>']

  // no report comes of it, so none of the report's flags
  static override baseFlags = {} as typeof BaseCommand.baseFlags

  async run(): Promise<void> {
    await this.parse(Version)
    this.log(this.config.userAgent)
  }
}
