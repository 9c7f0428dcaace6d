/**
 * The numbers of Block Kit. Sources: T = JSDoc of @slack/types 3.2.0, D = docs.slack.dev (2026-08), M = Slack's method
 * reference (2026-08), P = validators of python-slack-sdk 3. Lengths are counted in UTF-16 units, which is never too lax.
 */
export const LIMITS = {
  /** D block-kit. */
  messageBlocks: 50,
  /** D chat.postMessage: longer texts are cut off. */
  messageText: 40_000,
  /** T MarkdownBlock; counted over all markdown blocks of a message. */
  markdownTotal: 12_000,
  /** D table-block: only_one_table_allowed. */
  messageTables: 1,
  /** T BaseView; the least is P. */
  viewBlocks: { min: 1, max: 100 },
  /** T ModalView. */
  viewTitle: 24,
  privateMetadata: 3_000,
  /** M views.open view_too_large: "greater than 250kb". */
  viewBytes: 256_000,
  /** T Block, Action, BaseView. */
  identifier: 255,
  headerText: 150,
  sectionText: 3_000,
  sectionFields: 10,
  sectionFieldText: 2_000,
  contextElements: 10,
  actionsElements: 25,
  contextActionsElements: 5,
  imageAltText: 2_000,
  imageTitle: 2_000,
  /** P. */
  imageUrl: 3_000,
  inputLabel: 2_000,
  inputHint: 2_000,
  /** T: "must be less than 200", "less than 50". */
  videoTitle: 199,
  videoAuthor: 49,
  tableRows: 100,
  tableCells: 20,
  dataTablePage: { min: 1, max: 100 },
  cardTitle: 150,
  cardBody: 200,
  carouselCards: { min: 1, max: 10 },
  containerTitle: 150,
  containerBlocks: 10,
  /** AlertBlock of java-slack-sdk (2026-07). */
  alertText: 200,
  placeholder: 150,
  buttonText: 75,
  buttonValue: 2_000,
  buttonUrl: 3_000,
  accessibilityLabel: 75,
  selectOptions: 100,
  optionGroups: 100,
  optionGroupLabel: 75,
  optionText: 75,
  /** D option object and P say 150, T still says 75: the wire takes 150, the bot stays below 75. */
  optionValue: 150,
  optionUrl: 3_000,
  overflowOptions: { min: 1, max: 5 },
  choiceOptions: 10,
  inputLength: 3_000,
  fileInputFiles: { min: 1, max: 10 },
  richTextLines: { min: 1, max: 100 },
  textObject: 3_000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
} as const;
