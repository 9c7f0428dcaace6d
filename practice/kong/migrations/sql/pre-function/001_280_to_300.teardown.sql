update plugins set config = config - 'functions' where name = 'pre-function' and config ? 'functions';
