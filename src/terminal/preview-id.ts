/** What stands in the file names of a plan that nobody asked the bot for; a real one gets the next number of the record. */
export const previewId = "KU-PREVIEW";
