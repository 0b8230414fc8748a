"""Reports and mails, made from judgement and facts alone; they judge nothing themselves."""
